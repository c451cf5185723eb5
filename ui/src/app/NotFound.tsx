/** An address that shows nothing. */
import { Empty } from '../parts/States';

export function NotFound() {
  return <Empty title="There is no such screen" why="Choose one on the left." />;
}
