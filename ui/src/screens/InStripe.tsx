/** A link to Stripe's dashboard; the sample company has none. */
import { ExternalLink } from 'lucide-react';
import { useHost } from '../app/host';
import { useAccount } from '../app/reads';
import { Button } from '../parts/Button';

interface Props {
  url: string;
  small?: boolean;
}

export function InStripe({ url, small }: Props) {
  const host = useHost();
  if (useAccount()?.mode === 'sample') return null;
  return (
    <Button small={small ?? false} onPress={() => void host.openInDashboard(url)}>
      Open in Stripe <ExternalLink size={12} aria-hidden />
    </Button>
  );
}
