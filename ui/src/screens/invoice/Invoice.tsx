/** To come. */
export function Invoice() {
  return <p>Invoice</p>;
}
