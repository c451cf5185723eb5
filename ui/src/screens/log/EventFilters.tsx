/** The filters of the log. */
import { useNow } from '../../app/host';
import { useZone } from '../../app/reads';
import type { EventFilter, EventOutcome } from '../../host/types';
import { OneOf } from '../../parts/Choices';
import { FilterChip, ToggleChip } from '../../parts/FilterChip';
import { EVENT_OUTCOMES, eventState } from '../../words/states';
import { isoDay } from '../../words/times';
import { DaysChip } from '../DaysChip';
import { OUTCOMES, recentSpans, TYPES } from './events';

interface Props {
  filter: EventFilter;
  onChange: (filter: EventFilter) => void;
}

const outcomeOf = (value: string): EventOutcome | null =>
  EVENT_OUTCOMES.find((one) => one === value) ?? null;

export function EventFilters({ filter, onChange }: Props) {
  const today = isoDay(useNow(), useZone());
  const type = TYPES.find((one) => one.value === filter.typePrefix)?.words ?? filter.typePrefix;
  return (
    <>
      <DaysChip
        label="Days"
        from={filter.from}
        to={filter.to}
        spans={recentSpans(today)}
        onChange={(from, to) => onChange({ ...filter, from, to })}
      />
      <FilterChip
        label="About"
        value={filter.typePrefix === '' ? null : type}
        onClear={() => onChange({ ...filter, typePrefix: '' })}
      >
        <OneOf
          label="About"
          choices={TYPES}
          chosen={filter.typePrefix}
          onChoose={(typePrefix) => onChange({ ...filter, typePrefix })}
        />
      </FilterChip>
      <FilterChip
        label="Outcome"
        value={filter.outcome === null ? null : eventState(filter.outcome).words}
        onClear={() => onChange({ ...filter, outcome: null })}
      >
        <OneOf
          label="Outcome"
          choices={OUTCOMES}
          chosen={filter.outcome ?? ''}
          onChoose={(outcome) => onChange({ ...filter, outcome: outcomeOf(outcome) })}
        />
      </FilterChip>
      {filter.customer ? (
        <ToggleChip
          label={`Tenant: ${filter.customer}`}
          on
          onChange={() => onChange({ ...filter, customer: '' })}
        />
      ) : null}
      {filter.object ? (
        <ToggleChip
          label={`Object: ${filter.object}`}
          on
          onChange={() => onChange({ ...filter, object: '' })}
        />
      ) : null}
      <ToggleChip
        label="Changed elsewhere"
        on={filter.elsewhereOnly}
        onChange={(elsewhereOnly) => onChange({ ...filter, elsewhereOnly })}
      />
    </>
  );
}
