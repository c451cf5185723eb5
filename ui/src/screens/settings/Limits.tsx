/** How much of Stripe's limits a live account may use. */
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';
import { useQuery } from '@tanstack/react-query';
import { useHost } from '../../app/host';
import { reads } from '../../app/reads';
import type { Settings } from '../../host/types';
import { ReadBudgetBar } from '../completeness/ReadBudgetBar';
import { useState } from 'react';
import styles from './Settings.module.css';

interface Props {
  settings: Settings;
  onChange: (change: Partial<Settings>) => void;
}

export function Limits({ settings, onChange }: Props) {
  const budget = useQuery(reads.budget(useHost())).data;
  const [share, setShare] = useState(settings.liveSharePercent);
  return (
    <>
      <Slider
        className={styles.slider ?? ''}
        value={share}
        minValue={10}
        maxValue={100}
        step={5}
        onChange={(value) => setShare(Array.isArray(value) ? (value[0] ?? 40) : value)}
        onChangeEnd={() => onChange({ liveSharePercent: share })}
      >
        <Label className={styles.label ?? ''}>Share of a live account’s limits</Label>
        <SliderOutput className={styles.sliderValue ?? ''}>{share} %</SliderOutput>
        <SliderTrack className={styles.track ?? ''}>
          <span className={styles.fill} style={{ width: `${((share - 10) / 90) * 100}%` }} />
          <SliderThumb className={styles.thumb ?? ''} />
        </SliderTrack>
      </Slider>
      <p className={styles.hint}>
        {share > 40
          ? 'Above 40 % a load may slow down what the company itself asks of Stripe.'
          : 'The rate falls by itself when Stripe says that it is too much, and rises again.'}
      </p>
      {budget ? <ReadBudgetBar budget={budget} /> : null}
    </>
  );
}
