/** The matrix of what a key may read, and what is missing without it. */
import type { PermissionRow } from '../../host/types';
import { Mark } from '../../parts/Mark';
import lists from '../Lists.module.css';

export function Permissions({ rows }: { rows: PermissionRow[] }) {
  if (rows.length === 0) return null;
  return (
    <table className={lists.table}>
      <thead>
        <tr>
          <th scope="col">List</th>
          <th scope="col">This key</th>
          <th scope="col">Permission</th>
          <th scope="col">Without it</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.slug}>
            <td className={lists.fixed}>{row.what}</td>
            <td className={lists.fixed}>
              {row.granted ? (
                <Mark words="May read" meaning="done" />
              ) : (
                <Mark words="May not read" meaning="over" />
              )}
            </td>
            <td>
              <code>{row.slug}</code>
            </td>
            <td className={lists.secondary}>{row.granted ? '' : row.withoutIt}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
