/** The company's name and zone. */
import { useState } from 'react';
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';
import { ChevronDown } from 'lucide-react';
import { useNow } from '../../app/host';
import type { Settings } from '../../host/types';
import { Button } from '../../parts/Button';
import { Field } from '../../parts/Field';
import { momentWords } from '../../words/times';
import styles from './Settings.module.css';

interface Props {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')];

function ZoneChoice({ settings, onChange }: Props) {
  const now = useNow();
  // A zone by another name of it ("Etc/UTC") is offered too.
  const zones = [...new Set([settings.zone, ...ZONES])].map((id) => ({ id }));
  return (
    <ComboBox
      className={styles.zone ?? ''}
      defaultItems={zones}
      selectedKey={settings.zone}
      onSelectionChange={(key) => {
        if (key !== null && key !== settings.zone) onChange({ zone: String(key) });
      }}
      menuTrigger="focus"
    >
      <Label className={styles.label ?? ''}>Zone: periods and days are days of it</Label>
      <div className={styles.zoneBox}>
        <Input className={styles.input ?? ''} />
        <AriaButton className={styles.zoneButton ?? ''} aria-label="Show zones">
          <ChevronDown size={14} aria-hidden />
        </AriaButton>
      </div>
      <span className={styles.hint}>Now {momentWords(now, settings.zone)}</span>
      <Popover className={styles.popover ?? ''}>
        <ListBox className={styles.list ?? ''}>
          {(zone: { id: string }) => (
            <ListBoxItem className={styles.item ?? ''} textValue={zone.id}>
              {zone.id}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}

export function Company({ settings, onChange }: Props) {
  const [name, setName] = useState(settings.entityName);
  const changed = name.trim() !== settings.entityName;
  const keep = () => onChange({ entityName: name.trim() });
  return (
    <>
      <div className={styles.nameRow}>
        <Field
          label="Name on exports and statements"
          value={name}
          onChange={setName}
          maxLength={120}
          hint="Empty: the name that Stripe has"
          onEnter={keep}
        />
        {changed ? (
          <Button kind="primary" onPress={keep}>
            Keep the name
          </Button>
        ) : null}
      </div>
      <ZoneChoice settings={settings} onChange={onChange} />
    </>
  );
}
