//! What a dictionary may learn from. It is kept for ever and no erasure reaches it, so its samples
//! hold of personal texts only the words that many customers share: a country, a street in which
//! half of them sit, "at $24.00 / month". Names and structure of the members stay.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use serde_json::Value;

use super::redaction::is_personal;

/// A word that so many customers share says nothing about one of them.
const CUSTOMERS: usize = 20;

/// The canonical forms with their personal texts reduced to what many customers share.
pub(super) fn impersonal(forms: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut words = Words::default();
    // Each form is read twice, so that never more than one is held as a tree.
    for form in forms {
        if let Ok(mut form) = serde_json::from_slice::<Value>(form) {
            words.count(&mut form);
        }
    }
    forms
        .iter()
        .filter_map(|form| serde_json::from_slice::<Value>(form).ok())
        .filter_map(|mut form| {
            personal_texts(&mut form, false, &mut |text| *text = words.shared(text));
            serde_json::to_vec(&form).ok()
        })
        .collect()
}

/// Words of personal texts, each with those in whose objects it stands.
#[derive(Default)]
struct Words {
    owners: HashMap<String, BTreeSet<u64>>,
    hasher: RandomState,
}

impl Words {
    fn count(&mut self, form: &mut Value) {
        let Some(owner) = owner(form).map(|owner| self.hasher.hash_one(owner)) else {
            return;
        };
        personal_texts(form, false, &mut |text| {
            for word in words_of(text) {
                let owners = match self.owners.get_mut(word) {
                    Some(owners) => owners,
                    None => self.owners.entry(word.to_owned()).or_default(),
                };
                if owners.len() < CUSTOMERS {
                    owners.insert(owner);
                }
            }
        });
    }

    /// The text without the words that few share.
    fn shared(&self, text: &str) -> String {
        words_of(text)
            .filter(|word| {
                let owners = self.owners.get(*word);
                owners.is_some_and(|owners| owners.len() >= CUSTOMERS)
            })
            .collect()
    }
}

/// To whom an object belongs: its customer; of a line the subscription; or it is a customer itself.
fn owner(form: &Value) -> Option<&str> {
    let form = form.get(0).unwrap_or(form);
    let named = ["customer", "subscription", "id"];
    named.iter().find_map(|name| form.get(name)?.as_str())
}

/// The letters and digits of a text, and what stands between them, in turn.
fn words_of(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let is_word = rest.chars().next()?.is_alphanumeric();
        let end = rest
            .find(|letter: char| letter.is_alphanumeric() != is_word)
            .unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some(word)
    })
}

/// Gives every text that is personal, or within something personal, to `each`.
fn personal_texts(value: &mut Value, within: bool, each: &mut impl FnMut(&mut String)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                personal_texts(member, within || is_personal(name), each);
            }
        }
        Value::Array(items) => {
            for item in items {
                personal_texts(item, within, each);
            }
        }
        Value::String(text) if within => each(text),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(count: usize, form: impl Fn(usize) -> String) -> Vec<Vec<u8>> {
        (0..count).map(|n| form(n).into_bytes()).collect()
    }

    #[test]
    fn what_few_share_is_left_out_and_the_structure_stays() {
        let forms = forms(CUSTOMERS, |n| {
            format!(
                r#"{{"address":{{"city":"Springfield"}},"email":"ada{n}@example.com","id":"cus_{n}",
                "name":"Ada Lovelace {n}","tax_exempt":"none"}}"#
            )
        });
        let (first, _) = forms.split_at(CUSTOMERS - 1);
        let alone = impersonal(first);
        assert_eq!(
            String::from_utf8_lossy(&alone[0]),
            r#"{"address":{"city":""},"email":"","id":"cus_0","name":"","tax_exempt":"none"}"#
        );
        let shared = impersonal(&forms);
        assert_eq!(
            String::from_utf8_lossy(&shared[7]),
            r#"{"address":{"city":"Springfield"},"email":"@example.com","id":"cus_7","name":"Ada Lovelace ","tax_exempt":"none"}"#
        );
    }

    #[test]
    fn one_customer_with_many_invoices_is_one() {
        let invoices = forms(CUSTOMERS * 3, |n| {
            format!(r#"{{"customer":"cus_1","customer_name":"Ada Lovelace","id":"in_{n}"}}"#)
        });
        let text = String::from_utf8_lossy(&impersonal(&invoices).concat()).into_owned();
        assert!(
            !text.contains("Ada") && !text.contains("Lovelace"),
            "{text}"
        );
    }

    #[test]
    fn what_a_company_attaches_is_personal_too() {
        let customers = forms(CUSTOMERS * 2, |n| {
            format!(r#"{{"id":"cus_{n}","metadata":{{"contact":"ada{n}","plan":"gold"}}}}"#)
        });
        let samples = impersonal(&customers);
        assert_eq!(
            String::from_utf8_lossy(&samples[0]),
            r#"{"id":"cus_0","metadata":{"contact":"","plan":"gold"}}"#
        );
    }
}
