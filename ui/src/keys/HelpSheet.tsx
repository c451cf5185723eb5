/** Every shortcut there is. */
import { Sheet } from '../parts/Sheet';
import styles from './HelpSheet.module.css';
import { SHORTCUTS, type ShortcutGroup } from './shortcuts';
import { keyWords } from './words';

const GROUPS: ShortcutGroup[] = ['Go to', 'Anywhere', 'In a table'];

export function HelpSheet({ onClose }: { onClose: () => void }) {
  return (
    <Sheet title="Shortcuts" onClose={onClose}>
      {GROUPS.map((group) => (
        <section key={group} className={styles.group} aria-label={group}>
          <h3 className={styles.heading}>{group}</h3>
          <dl>
            {SHORTCUTS.filter((one) => one.group === group && one.keys.length > 0).map((one) => (
              <div key={one.id} className={styles.line}>
                <dt>{one.title}</dt>
                <dd>
                  {one.keys.map((keys) => (
                    <kbd key={keys} className={styles.key}>
                      {keyWords(keys)}
                    </kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Sheet>
  );
}
