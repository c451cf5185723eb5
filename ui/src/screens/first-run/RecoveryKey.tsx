/** The recovery key, shown once. */
import { useState } from 'react';
import { Button } from '../../parts/Button';
import { Box } from '../../parts/Choices';
import { copyText } from '../../parts/copy';
import { Note } from '../../parts/States';
import styles from './FirstRun.module.css';

interface Props {
  /** Whose books it opens. */
  of: string;
  recoveryKey: string;
  onStored: () => void;
}

export function RecoveryKey({ of, recoveryKey, onStored }: Props) {
  const [stored, setStored] = useState(false);
  const [copied, setCopied] = useState(false);
  return (
    <>
      <h2>Store the recovery key</h2>
      <p>
        If the keyring of this computer is lost, or the passphrase forgotten, only this key opens
        the books of {of}. It is shown once and kept nowhere.
      </p>
      <p className={styles.recovery} data-testid="recovery-key">
        {recoveryKey}
      </p>
      <div className={styles.copy}>
        <Button small onPress={() => void copyText(recoveryKey).then(setCopied)}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <Note meaning="near">
        Keep it where a lost computer does not take it along: in a password manager, or on paper in
        a safe. Whoever has it and the file can read the books.
      </Note>
      <Box isSelected={stored} onChange={setStored}>
        I have stored it
      </Box>
      <div className={styles.actions}>
        <Button kind="primary" isDisabled={!stored} onPress={onStored}>
          Open the books
        </Button>
      </div>
    </>
  );
}
