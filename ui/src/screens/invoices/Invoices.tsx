/** To come. */
export function Invoices() {
  return <p>Invoices</p>;
}
