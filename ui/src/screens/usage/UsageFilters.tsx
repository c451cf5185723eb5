/** The filters of the table of use against allowances. */
import type { UsageFilter, UsageStanding } from '../../host/types';
import { ChoiceChip } from '../../parts/ChoiceChip';
import { USAGE_STANDINGS, planWords, standingWords } from '../../words/usage';

interface Props {
  filter: UsageFilter;
  plans: ReadonlyMap<string, string>;
  onChange: (filter: UsageFilter) => void;
}

const STATES = USAGE_STANDINGS.map((value) => ({ value, words: standingWords(value).words }));
const NO_PLAN = { value: 'none', words: 'No plan' };

/** The filter in words, one part a line; empty when everything passes. */
export function usageFilterWords(
  filter: UsageFilter,
  plans: ReadonlyMap<string, string>,
): string[] {
  const parts: string[] = [];
  if (filter.text) parts.push(`Holds “${filter.text}”`);
  const planOf = (key: string) => (key === NO_PLAN.value ? NO_PLAN.words : planWords(key, plans));
  if (filter.plans.length > 0) parts.push(`Plan: ${filter.plans.map(planOf).join(', ')}`);
  if (filter.states.length > 0) {
    parts.push(`State: ${filter.states.map((one) => standingWords(one).words).join(', ')}`);
  }
  return parts;
}

export function UsageFilters({ filter, plans, onChange }: Props) {
  const choices = [...plans].map(([value, words]) => ({ value, words }));
  return (
    <>
      <ChoiceChip
        label="State"
        choices={STATES}
        chosen={filter.states}
        onChoose={(states) => onChange({ ...filter, states: states as UsageStanding[] })}
      />
      <ChoiceChip
        label="Plan"
        choices={[...choices, NO_PLAN]}
        chosen={filter.plans}
        onChoose={(chosen) => onChange({ ...filter, plans: [...chosen] })}
      />
    </>
  );
}
