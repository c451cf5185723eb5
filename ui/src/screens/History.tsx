/** Every version of an object that was seen, newest first, in words. */
import type { VersionView } from '../host/types';
import { Ago } from '../parts/Figures';
import { Empty } from '../parts/States';
import { sourceWords } from '../words/states';
import styles from './Lists.module.css';
import { TooMany } from './TooMany';

export function History({ versions }: { versions: VersionView[] }) {
  if (versions.length === 0) {
    return <Empty title="No history" why="No version of this was stored." />;
  }
  return (
    <>
      <ol>
        {versions.map((version) => (
          <li key={`${version.object} ${version.version}`} className={styles.version}>
            <span className={styles.secondary}>
              <Ago at={version.seenAt} />
            </span>
            <div>
              <span className={styles.secondary}>
                {version.object} · {sourceWords(version.source)}
              </span>
              <ul className={styles.changes}>
                {version.changes.length === 0 ? <li>First seen</li> : null}
                {version.changes.map((change) => (
                  <li key={change}>{change}</li>
                ))}
              </ul>
            </div>
          </li>
        ))}
      </ol>
      <TooMany count={versions.length} what="versions" />
    </>
  );
}
