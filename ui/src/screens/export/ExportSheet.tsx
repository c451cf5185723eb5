/** Placeholder while the sheet is made. */
import type { InvoiceFilter, TenantFilter } from '../../host/types';
import { Sheet } from '../../parts/Sheet';

interface Props {
  about: 'tenants' | 'invoices';
  count: number;
  filterWords: readonly string[];
  tenants?: TenantFilter;
  invoices?: InvoiceFilter;
  onClose: () => void;
}

export function ExportSheet({ onClose }: Props) {
  return (
    <Sheet title="Export" onClose={onClose}>
      <p />
    </Sheet>
  );
}
