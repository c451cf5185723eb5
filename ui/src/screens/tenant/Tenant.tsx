/** To come. */
export function Tenant() {
  return <p>Tenant</p>;
}
