/** The matrix of what a key may read, and what is missing without it. */
import type { PermissionRow } from '../../host/types';
import { Mark } from '../../parts/Mark';
import lists from '../Lists.module.css';

export function Permissions({ rows }: { rows: PermissionRow[] }) {
  if (rows.length === 0) return null;
  const partial = rows.some((row) => !row.granted);
  return (
    <table className={`${lists.table} ${lists.dense}`}>
      <thead>
        <tr>
          <th scope="col">List</th>
          <th scope="col">This key</th>
          <th scope="col">Permission</th>
          {partial ? <th scope="col">Without it</th> : null}
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
            {partial ? (
              <td className={lists.secondary}>{row.granted ? '' : row.withoutIt}</td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
