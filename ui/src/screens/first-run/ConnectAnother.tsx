/** To come. */
export function ConnectAnother() {
  return <p>ConnectAnother</p>;
}
