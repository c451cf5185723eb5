/** To come. */
import type { AppState } from '../../host/types';

export function Locked({ app }: { app: AppState }) {
  return <p>{app.version}</p>;
}
