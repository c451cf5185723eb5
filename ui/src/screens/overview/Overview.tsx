/** To come. */
export function Overview() {
  return <p>Overview</p>;
}
