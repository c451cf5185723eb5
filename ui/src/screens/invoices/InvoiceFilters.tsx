/** The filters of the invoices' table. */
import { useState } from 'react';
import { useNow } from '../../app/host';
import { useZone } from '../../app/reads';
import type { FilterChoices, InvoiceFilter } from '../../host/types';
import { asChoices, ChoiceChip } from '../../parts/ChoiceChip';
import { Field } from '../../parts/Field';
import { FilterChip } from '../../parts/FilterChip';
import { amountWords, parseMinor, typedAmount } from '../../words/amounts';
import { INVOICE_STATES, invoiceState } from '../../words/states';
import { isoDay } from '../../words/times';
import { DaysChip, daysWords } from '../DaysChip';
import { spansFrom } from './periods';
import styles from './Invoices.module.css';

interface Props {
  filter: InvoiceFilter;
  choices: FilterChoices | undefined;
  /** Decimals of the one currency that is filtered, as the desk says; null: none, or not yet. */
  exponent: number | null;
  onChange: (filter: InvoiceFilter) => void;
}

const STATES = INVOICE_STATES.map((value) => ({ value, words: invoiceState(value).words }));
const stateWords = (values: readonly string[]) =>
  values.map((value) => invoiceState(value).words).join(', ');

function totalWords(
  { totalMin, totalMax, currencies }: InvoiceFilter,
  exponent: number | null,
): string | null {
  const [currency] = currencies;
  if (currency === undefined || exponent === null) return null;
  const words = (minor: number) => amountWords({ minor, currency, exponent });
  if (totalMin !== null && totalMax !== null) return `${words(totalMin)} – ${words(totalMax)}`;
  if (totalMin !== null) return `at least ${words(totalMin)}`;
  return totalMax === null ? null : `at most ${words(totalMax)}`;
}

/** The filter in words, one part a line; empty when everything passes. */
export function invoiceFilterWords(filter: InvoiceFilter, exponent: number | null): string[] {
  const days = daysWords(filter.finalizedFrom, filter.finalizedTo);
  const total = totalWords(filter, exponent);
  return [
    filter.text ? `Holds “${filter.text}”` : null,
    filter.statuses.length > 0 ? `State: ${stateWords(filter.statuses)}` : null,
    days ? `Finalised: ${days}` : null,
    filter.plans.length > 0 ? `Plan: ${filter.plans.join(', ')}` : null,
    filter.currencies.length > 0 ? `Currency: ${filter.currencies.join(', ')}` : null,
    total ? `Total: ${total}` : null,
  ].filter((part) => part !== null);
}

/** How an amount is typed, by its currency's decimals. */
const EXAMPLES: Readonly<Record<number, string>> = { 0: '1240', 2: '1240.50', 3: '1240.500' };

interface AmountProps {
  label: string;
  currency: string;
  exponent: number;
  minor: number | null;
  onChange: (minor: number | null) => void;
}

function AmountField({ label, currency, exponent, minor, onChange }: AmountProps) {
  const [typed, setTyped] = useState(minor === null ? '' : typedAmount(minor, exponent));
  const wrong = typed.trim() !== '' && parseMinor(typed.trim(), exponent) === null;
  return (
    <Field
      label={`${label}, ${currency}`}
      value={typed}
      inputMode="decimal"
      maxLength={20}
      wrong={wrong ? `Write it like ${EXAMPLES[exponent] ?? '1240'}` : undefined}
      onChange={(text) => {
        setTyped(text);
        const parsed = parseMinor(text.trim(), exponent);
        if (text.trim() === '') onChange(null);
        else if (parsed !== null) onChange(parsed);
      }}
    />
  );
}

function Amounts({ filter, exponent, onChange }: Omit<Props, 'choices'>) {
  const [currency, ...others] = filter.currencies;
  if (currency === undefined || others.length > 0) {
    return (
      <p className={styles.hint}>
        Choose one currency first: amounts of different currencies cannot be compared.
      </p>
    );
  }
  if (exponent === null) {
    return <p className={styles.hint}>No invoice is in {currency} yet.</p>;
  }
  return (
    <div className={styles.amounts}>
      <div className={styles.fields}>
        <AmountField
          label="At least"
          currency={currency}
          exponent={exponent}
          minor={filter.totalMin}
          onChange={(totalMin) => onChange({ ...filter, totalMin })}
        />
        <AmountField
          label="At most"
          currency={currency}
          exponent={exponent}
          minor={filter.totalMax}
          onChange={(totalMax) => onChange({ ...filter, totalMax })}
        />
      </div>
    </div>
  );
}

export function InvoiceFilters({ filter, choices, exponent, onChange }: Props) {
  const chooseCurrencies = (currencies: string[]) =>
    onChange({
      ...filter,
      currencies,
      // Amounts belong to one currency.
      ...(currencies.length === 1 && currencies[0] === filter.currencies[0]
        ? {}
        : { totalMin: null, totalMax: null }),
    });
  return (
    <>
      <ChoiceChip
        label="State"
        choices={STATES}
        chosen={filter.statuses}
        onChoose={(statuses) => onChange({ ...filter, statuses })}
      />
      <DaysChip
        label="Finalised"
        from={filter.finalizedFrom}
        to={filter.finalizedTo}
        spans={spansFrom(isoDay(useNow(), useZone()))}
        hint="Drafts have no such day."
        onChange={(finalizedFrom, finalizedTo) =>
          onChange({ ...filter, finalizedFrom, finalizedTo })
        }
      />
      <ChoiceChip
        label="Plan"
        choices={asChoices(choices?.invoicePlans ?? [])}
        chosen={filter.plans}
        onChoose={(plans) => onChange({ ...filter, plans })}
      />
      <ChoiceChip
        label="Currency"
        choices={asChoices(choices?.currencies ?? [])}
        chosen={filter.currencies}
        onChoose={chooseCurrencies}
      />
      <FilterChip
        label="Total"
        value={totalWords(filter, exponent)}
        onClear={() => onChange({ ...filter, totalMin: null, totalMax: null })}
      >
        <Amounts filter={filter} exponent={exponent} onChange={onChange} />
      </FilterChip>
    </>
  );
}
