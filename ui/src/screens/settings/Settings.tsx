/** To come. */
export function Settings() {
  return <p>Settings</p>;
}
