/** A filter as a chip whose choices are boxes to tick. */
import { type Choice, Choices } from './Choices';
import { FilterChip } from './FilterChip';

interface Props {
  label: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChoose: (chosen: string[]) => void;
}

export const asChoices = (values: readonly string[]): Choice[] =>
  values.map((value) => ({ value, words: value }));

export function ChoiceChip({ label, choices, chosen, onChoose }: Props) {
  const words = (value: string) => choices.find((one) => one.value === value)?.words ?? value;
  return (
    <FilterChip
      label={label}
      value={chosen.length > 0 ? chosen.map(words).join(', ') : null}
      onClear={() => onChoose([])}
    >
      <Choices label={label} choices={choices} chosen={chosen} onChoose={onChoose} />
    </FilterChip>
  );
}
