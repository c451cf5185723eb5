//! Keeps a spreadsheet from running foreign text as a formula.
//!
//! A tenant's name comes from whoever signed up. A spreadsheet that opens a CSV file runs a cell
//! that begins with `=`, `+`, `-` or `@`. Such text gets one apostrophe in front; numbers that
//! Meterdesk writes itself are never touched. The rule can be undone without loss
//! (docs/exports.md, "Cells that look like formulas").

/// Would a spreadsheet run this text, or would it without the white space in front?
#[must_use]
pub fn is_formula(text: &str) -> bool {
    let Some(first) = text.as_bytes().first() else {
        return false;
    };
    // Nearly every cell begins with a letter or a digit: decided on one byte.
    if first.is_ascii_alphanumeric() {
        return false;
    }
    // Apostrophes that were there before are seen through, so that one more can be told apart.
    let bare = text.trim_start_matches('\'');
    bare.starts_with(['\t', '\r', '\n'])
        || bare
            .trim_start_matches(is_skipped)
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '−'])
}

/// The text as it may stand in a cell: with one apostrophe in front where it needs it.
#[must_use]
pub fn guarded(text: &str) -> std::borrow::Cow<'_, str> {
    if is_formula(text) {
        return std::borrow::Cow::Owned(format!("'{text}"));
    }
    std::borrow::Cow::Borrowed(text)
}

/// The text that [`guarded`] was given.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest,
        _ => cell,
    }
}

/// White space and characters without width, which a spreadsheet may pass over.
fn is_skipped(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_spreadsheet_would_run_gets_an_apostrophe() {
        let cases = [
            ("=1+1", "'=1+1"),
            ("+49 30 1234", "'+49 30 1234"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\tAcme", "'\tAcme"),
            ("\rAcme", "'\rAcme"),
            ("  =1", "'  =1"),
            ("\u{feff}=1", "'\u{feff}=1"),
            ("＝1+1", "'＝1+1"),
            ("'=1", "''=1"),
            ("Acme = Co", "Acme = Co"),
            ("'Acme'", "'Acme'"),
            ("  Acme", "  Acme"),
            ("", ""),
            ("Ü-Boot", "Ü-Boot"),
        ];
        for (text, cell) in cases {
            assert_eq!(guarded(text), cell, "{text:?}");
            assert_eq!(unguarded(cell), text, "{cell:?} is undone");
        }
    }

    proptest! {
        #[test]
        fn no_cell_begins_a_formula_and_every_cell_can_be_undone(
            text in r"[ \t\r'=+\-@＝\u{200b}]{0,4}\PC{0,12}"
        ) {
            let cell = guarded(&text);
            let visible = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
            prop_assert!(
                !visible.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']),
                "{text:?} became {cell:?}"
            );
            prop_assert!(!cell.starts_with(['\t', '\r', '\n']));
            prop_assert_eq!(unguarded(&cell), text.as_str());
        }
    }
}
