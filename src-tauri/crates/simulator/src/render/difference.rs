//! What an update changed: the old values of an object's changed members, from its JSON before and
//! after, byte by byte.

/// The members of `before` that are otherwise in `after`, as Stripe's `previous_attributes`:
/// objects member by member, everything else whole, null for what was not there. Nothing where
/// both say the same. Both are objects as this crate writes them.
pub(crate) fn previous(before: &[u8], after: &[u8]) -> Option<String> {
    let changed = changed(before, after)?;
    Some(String::from_utf8_lossy(&changed).into_owned())
}

fn changed(before: &[u8], after: &[u8]) -> Option<Vec<u8>> {
    if before == after {
        return None;
    }
    let (old, new) = (members(before), members(after));
    let find = |list: &[(&[u8], &[u8])], place: usize, key: &[u8]| {
        // The same code wrote both: a member is nearly always at the same place.
        let at = list.get(place).filter(|it| it.0 == key).copied();
        at.or_else(|| list.iter().find(|it| it.0 == key).copied())
            .map(|it| it.1.to_vec())
    };
    let mut out = vec![b'{'];
    let mut put = |key: &[u8], value: &[u8]| {
        if out.len() > 1 {
            out.push(b',');
        }
        out.extend_from_slice(key);
        out.push(b':');
        out.extend_from_slice(value);
    };
    for (place, (key, value)) in old.iter().enumerate() {
        match find(&new, place, key) {
            Some(now) if now == *value => {}
            Some(now) if value.starts_with(b"{") && now.starts_with(b"{") => {
                if let Some(inner) = changed(value, &now) {
                    put(key, &inner);
                }
            }
            _ => put(key, value),
        }
    }
    for (place, (key, _)) in new.iter().enumerate() {
        if find(&old, place, key).is_none() {
            put(key, b"null");
        }
    }
    out.push(b'}');
    (out.len() > 2).then_some(out)
}

/// The quoted names and the values of an object.
fn members(object: &[u8]) -> Vec<(&[u8], &[u8])> {
    let mut found = Vec::with_capacity(64);
    let mut at = 1;
    while object.get(at) == Some(&b'"') {
        let colon = end(object, at);
        let after = end(object, colon + 1);
        found.push((&object[at..colon], &object[colon + 1..after]));
        at = after + 1;
    }
    found
}

/// Where the value that begins at `start` ends.
fn end(text: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < text.len() {
        match text[at] {
            b'"' => {
                at += 1;
                while at < text.len() && text[at] != b'"' {
                    at += if text[at] == b'\\' { 2 } else { 1 };
                }
                if depth == 0 {
                    return (at + 1).min(text.len());
                }
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b',' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_told_with_its_old_value() {
        let cases = [
            (r#"{"a":1,"b":"x"}"#, r#"{"a":1,"b":"x"}"#, None),
            (
                r#"{"a":1,"b":"x"}"#,
                r#"{"a":2,"b":"x"}"#,
                Some(r#"{"a":1}"#),
            ),
            (
                r#"{"a":{"b":null,"c":[1,2]},"d":true}"#,
                r#"{"a":{"b":5,"c":[1,2]},"d":true}"#,
                Some(r#"{"a":{"b":null}}"#),
            ),
            (
                r#"{"items":{"data":[{"n":1},{"n":2}],"url":"/,}"}}"#,
                r#"{"items":{"data":[{"n":1},{"n":3}],"url":"/,}"}}"#,
                Some(r#"{"items":{"data":[{"n":1},{"n":2}]}}"#),
            ),
            (r#"{"a":"\"}"}"#, r#"{"a":"\"}!"}"#, Some(r#"{"a":"\"}"}"#)),
            (r#"{"a":1}"#, r#"{"a":1,"z":{}}"#, Some(r#"{"z":null}"#)),
            (r#"{"a":null}"#, r#"{"a":{"b":1}}"#, Some(r#"{"a":null}"#)),
            (
                r#"{"m":{}}"#,
                r#"{"m":{"k":"v"}}"#,
                Some(r#"{"m":{"k":null}}"#),
            ),
        ];
        for (before, after, told) in cases {
            let found = previous(before.as_bytes(), after.as_bytes());
            assert_eq!(found.as_deref(), told, "{before} then {after}");
        }
    }
}
