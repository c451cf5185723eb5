/** The filters of the tenants' table. */
import type { FilterChoices, TenantFilter } from '../../host/types';
import { asChoices, ChoiceChip } from '../../parts/ChoiceChip';
import { ToggleChip } from '../../parts/FilterChip';
import { SUBSCRIPTION_STATES, subscriptionState } from '../../words/states';

interface Props {
  filter: TenantFilter;
  choices: FilterChoices | undefined;
  onChange: (filter: TenantFilter) => void;
}

const STATES = SUBSCRIPTION_STATES.map((value) => ({
  value,
  words: subscriptionState(value).words,
}));
const stateWords = (values: readonly string[]) =>
  values.map((value) => subscriptionState(value).words).join(', ');

/** The filter in words, one part a line; empty when everything passes. */
export function tenantFilterWords(filter: TenantFilter): string[] {
  const parts: string[] = [];
  if (filter.text) parts.push(`Holds “${filter.text}”`);
  if (filter.plans.length > 0) parts.push(`Plan: ${filter.plans.join(', ')}`);
  if (filter.statuses.length > 0) parts.push(`State: ${stateWords(filter.statuses)}`);
  if (filter.currencies.length > 0) parts.push(`Currency: ${filter.currencies.join(', ')}`);
  if (filter.pastDue) parts.push('Past due');
  if (filter.includeDeleted) parts.push('With deleted ones');
  return parts;
}

export function TenantFilters({ filter, choices, onChange }: Props) {
  return (
    <>
      <ChoiceChip
        label="Plan"
        choices={asChoices(choices?.tenantPlans ?? [])}
        chosen={filter.plans}
        onChoose={(plans) => onChange({ ...filter, plans })}
      />
      <ChoiceChip
        label="State"
        choices={STATES}
        chosen={filter.statuses}
        onChoose={(statuses) => onChange({ ...filter, statuses })}
      />
      <ChoiceChip
        label="Currency"
        choices={asChoices(choices?.currencies ?? [])}
        chosen={filter.currencies}
        onChoose={(currencies) => onChange({ ...filter, currencies })}
      />
      <ToggleChip
        label="Past due"
        on={filter.pastDue}
        onChange={(pastDue) => onChange({ ...filter, pastDue })}
      />
      <ToggleChip
        label="Deleted too"
        on={filter.includeDeleted}
        onChange={(includeDeleted) => onChange({ ...filter, includeDeleted })}
      />
    </>
  );
}
