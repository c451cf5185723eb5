/** One thing beside the list: a sheet that asks for something, or a peek that only shows. */
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Button, Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useShortcut } from '../keys/useShortcut';
import { cx } from './cx';
import styles from './Sheet.module.css';

interface SheetProps {
  title: string;
  subtitle?: ReactNode;
  onClose: () => void;
  /** Pressing beside it or Escape does not close it: something would be lost. */
  stay?: boolean;
  footer?: ReactNode;
  /** For a table of several columns. */
  wide?: boolean;
  children: ReactNode;
}

/** What had the focus may be gone or no longer be pressed: Escape goes a step back all the same. */
function useEscape(onClose: () => void, stay: boolean) {
  useEffect(() => {
    if (stay) return undefined;
    const pressed = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || document.activeElement !== document.body) return;
      // One step only: the page behind the sheet does not go back, too.
      event.preventDefault();
      onClose();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [onClose, stay]);
}

/** A sheet over the right side; the page behind it waits. */
export function Sheet(props: SheetProps) {
  const { title, subtitle, onClose, stay, footer, wide, children } = props;
  useEscape(onClose, stay ?? false);
  return (
    <ModalOverlay
      isOpen
      isDismissable={!stay}
      isKeyboardDismissDisabled={stay ?? false}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={styles.overlay ?? ''}
    >
      <Modal className={cx(styles.sheet, wide && styles.wide)}>
        <Dialog className={styles.dialog ?? ''}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ''}>
              {title}
            </Heading>
            {stay ? null : (
              <Button className={styles.close ?? ''} onPress={onClose} aria-label="Esc: close">
                Esc
              </Button>
            )}
          </div>
          {subtitle ? <div className={styles.subtitle}>{subtitle}</div> : null}
          <Body label={title}>{children}</Body>
          {footer ? <div className={styles.footer}>{footer}</div> : null}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The part of a sheet that scrolls: keys reach it even where nothing in it takes the focus. */
function Body({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls
    <section className={styles.body} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

interface PeekProps {
  title: string;
  subtitle?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** A look at one row; the table keeps the keys, Escape closes the peek. */
export function Peek({ title, subtitle, onClose, children }: PeekProps) {
  const place = useRef<HTMLElement>(null);
  useShortcut('back', onClose);
  return (
    <aside ref={place} className={styles.peek} aria-label={title}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        <button type="button" className={styles.close} onClick={onClose} aria-label="Close">
          <X size={14} aria-hidden />
        </button>
      </div>
      {subtitle ? <div className={styles.subtitle}>{subtitle}</div> : null}
      <Body label={title}>{children}</Body>
    </aside>
  );
}

interface ConfirmProps {
  title: string;
  children: ReactNode;
  footer: ReactNode;
  onClose: () => void;
}

/** A question in the middle of the window. */
export function Confirm({ title, children, footer, onClose }: ConfirmProps) {
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className={styles.centre ?? ''}
    >
      <Modal className={styles.confirm ?? ''}>
        <Dialog role="alertdialog" className={styles.dialog ?? ''}>
          <div className={styles.head}>
            <Heading slot="title" className={styles.title ?? ''}>
              {title}
            </Heading>
          </div>
          <div className={styles.body}>{children}</div>
          <div className={styles.footer}>{footer}</div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
