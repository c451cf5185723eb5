/** A link to Stripe's dashboard; the sample company has none. */
import { ExternalLink } from 'lucide-react';
import { useHost } from '../app/host';
import { useAccount } from '../app/reads';
import { Button } from '../parts/Button';

export function InStripe({ url }: { url: string }) {
  const host = useHost();
  if (useAccount()?.mode === 'sample') return null;
  return (
    <Button onPress={() => void host.openInDashboard(url)}>
      Open in Stripe <ExternalLink size={12} aria-hidden />
    </Button>
  );
}
