//! The fuzz targets without libFuzzer: each target's corpus, and bounded mutations of it, through
//! the same functions. `METERDESK_UPDATE_CORPUS=1` writes the corpus anew from the simulated
//! account's own objects.

#[path = "../../fuzz/src/lib.rs"]
mod targets;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use objects::Kind;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use simulator::{Options, Running, TruthKind};
use stripe::{List, ListQuery};

use crate::load_company::{company, gateway, options};

/// Mutations of each file of a corpus.
const MUTATIONS: u64 = 200;
/// Bytes that a mutation of JSON likes to meet.
const WORDS: [&[u8]; 14] = [
    b"{",
    b"}",
    b"[",
    b"]",
    b"\"",
    b"\\",
    b",",
    b":",
    b"null",
    b"-1",
    b"1e999",
    b"\\ud800",
    b"18446744073709551616",
    b"\xff",
];

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 4] = [
    ("objects", targets::objects),
    ("events", targets::events),
    ("signatures", targets::signatures),
    ("pages", targets::pages),
];

fn folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/corpus")
        .join(target)
}

/// A target's corpus by file name.
fn corpus(target: &str) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder(target)).expect("a corpus");
    files
        .map(|file| {
            let path = file.expect("a file").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), std::fs::read(&path).expect("read"))
        })
        .collect()
}

/// Something near `data`: bytes changed, cut out, doubled, put in, taken from another file.
fn mutated(data: &[u8], other: &[u8], random: &mut ChaCha8Rng) -> Vec<u8> {
    let mut bytes = data.to_vec();
    for _ in 0..random.random_range(1..4) {
        let length = bytes.len();
        let from = random.random_range(0..=length);
        let to = length.min(from + random.random_range(0..40));
        match random.random_range(0..6) {
            0 if from < length => bytes[from] = random.random(),
            1 => drop(bytes.drain(from..to)),
            2 => {
                let doubled = bytes[from..to].to_vec();
                bytes.splice(from..from, doubled);
            }
            3 => {
                let word = WORDS[random.random_range(0..WORDS.len())];
                bytes.splice(from..to, word.iter().copied());
            }
            4 => bytes.truncate(from),
            _ => {
                let at = random.random_range(0..=other.len());
                let end = other.len().min(at + random.random_range(0..200));
                bytes.splice(from..to, other[at..end].iter().copied());
            }
        }
    }
    bytes
}

#[test]
fn the_corpus_and_what_is_near_it_keep_what_the_targets_demand() {
    for (name, target) in TARGETS {
        let files = corpus(name);
        assert!(files.len() >= 5, "{name} has a corpus: {}", files.len());
        let contents: Vec<&Vec<u8>> = files.values().collect();
        for (place, (file, data)) in files.iter().enumerate() {
            target(data);
            for seed in 0..MUTATIONS {
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                let other =
                    contents[(place + 1 + usize::try_from(seed).expect("small")) % contents.len()];
                let near = mutated(data, other, &mut random);
                let held = std::panic::catch_unwind(|| target(&near));
                assert!(
                    held.is_ok(),
                    "{name}, {file}, mutation {seed}: {}",
                    String::from_utf8_lossy(&near)
                );
            }
        }
    }
}

/// The corpus reaches what it is for: kinds that decode, events that are read, signatures that
/// hold and that do not, pages that are cut.
#[test]
fn the_corpus_reaches_behind_the_first_check() {
    let kinds: BTreeSet<Kind> = corpus("objects")
        .values()
        .filter_map(|data| {
            let (kind, _) = std::str::from_utf8(data).ok()?.split_once('\n')?;
            Kind::parse(kind)
        })
        .collect();
    for list in List::LOADED {
        let kind = sync::kind_of(list).expect("it brings objects");
        assert!(kinds.contains(&kind), "{kind}");
    }
    let accepted = |data: &Vec<u8>| {
        let end = data
            .iter()
            .position(|byte| *byte == b'\n')
            .expect("two lines");
        let secrets = targets::SECRETS.map(|text| {
            let text = secrecy::SecretString::from(text.to_owned());
            stripe::WebhookSecret::parse(&text).expect("a secret")
        });
        let (header, body) = (&data[..end], &data[end + 1..]);
        stripe::verify_signature(Some(header), body, &secrets, targets::NOW).is_ok()
    };
    let signatures = corpus("signatures");
    let taken = signatures.values().filter(|data| accepted(data)).count();
    assert!(
        taken >= 3 && taken < signatures.len(),
        "{taken} are accepted"
    );
    let read = |data: &Vec<u8>| {
        let body = bytes::Bytes::from(data.clone());
        books::NewEvent::read(body, books::Road::Poll, true, 0).is_ok()
    };
    assert!(corpus("events").values().filter(|data| read(data)).count() >= 20);
}

fn write(target: &str, name: &str, data: &[u8]) {
    let folder = folder(target);
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), data).expect("written");
}

/// Not a test of its own: writes the corpus where it is asked for.
#[tokio::test]
async fn the_corpus_is_made_of_the_simulated_account() {
    if std::env::var_os("METERDESK_UPDATE_CORPUS").is_none() {
        return;
    }
    let sim = company(options(200, 7)).await;
    sim.mutate(80, 7);
    write_objects(&sim).await;
    write_events(&sim, "").await;
    let old = company(Options {
        event_api_version: "2022-11-15".to_owned(),
        history_months: 3,
        ..options(8, 8)
    })
    .await;
    old.mutate(40, 8);
    write_events(&old, "old-").await;
    write_signatures(&sim);
}

/// The newest object of every list, each list's page of two, and a list of children.
async fn write_objects(sim: &Running) {
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    for list in List::LOADED {
        let kind = sync::kind_of(list).expect("it brings objects");
        let query = ListQuery {
            limit: 2,
            ..ListQuery::default()
        };
        let page = gateway.list_page(list, &query).await.expect("a page");
        let Some(newest) = page.items.first() else {
            continue;
        };
        let object = [kind.as_str().as_bytes(), b"\n", newest.as_ref()].concat();
        write("objects", list.as_str(), &object);
        let items: Vec<&[u8]> = page.items.iter().map(AsRef::as_ref).collect();
        let cut = [
            br#"{"object":"list","url":"/v1/x","has_more":true,"data":["#.as_slice(),
            &items.join(&b","[..]),
            b"]}",
        ];
        write("pages", list.as_str(), &cut.concat());
        if list == List::Invoices {
            let invoice = id(newest);
            let lines = gateway.child_page(stripe::ChildList::InvoiceLines, &invoice, None);
            let lines = lines.await.expect("its lines").items;
            let lines: Vec<&[u8]> = lines.iter().map(AsRef::as_ref).collect();
            let kind = Kind::InvoiceLines.as_str().as_bytes();
            let children = [kind, &lines.join(&b"\n"[..])].join(&b"\n"[..]);
            write("objects", "invoice_lines", &children);
        }
    }
    write(
        "pages",
        "empty",
        br#"{"object":"list","data":[],"has_more":false,"url":"/v1/x"}"#,
    );
    let gone = br#"{"id":"cus_1","object":"customer","deleted":true}"#;
    let gone = [b"customer\n".as_slice(), gone].concat();
    write("objects", "deleted", &gone);
}

fn id(json: &[u8]) -> String {
    let object: serde_json::Value = serde_json::from_slice(json).expect("JSON");
    object["id"].as_str().expect("an id").to_owned()
}

/// The newest event of each type.
async fn write_events(sim: &Running, prefix: &str) {
    let truth = sim.truth();
    let mut types = BTreeSet::new();
    for json in truth.objects(TruthKind::Event) {
        let event: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        let name = event["type"].as_str().expect("a type").to_owned();
        if types.len() < 24 && types.insert(name.clone()) {
            write("events", &format!("{prefix}{name}"), &json);
        }
    }
}

/// Headers that hold and headers that do not, over one event.
fn write_signatures(sim: &Running) {
    let truth = sim.truth();
    let body = truth.objects(TruthKind::Event).next().expect("an event");
    let [new, old] = targets::SECRETS;
    let at = |time: i64, secret: &str| {
        let time = time.to_string();
        let signature = targets::sign(secret, &time, &body);
        (time, signature)
    };
    let now = targets::NOW;
    let (time, by_new) = at(now, new);
    let (_, by_old) = at(now, old);
    let (early, by_early) = at(now - 299, new);
    let (stale, by_stale) = at(now - 301, new);
    let (ahead, by_ahead) = at(now + 3_600, new);
    let (_, forged) = at(now, "whsec_of_nobody");
    for (name, header) in [
        ("genuine", format!("t={time},v1={by_new}")),
        (
            "rolled",
            format!("t={time},v1={forged},v1={by_old},v0={forged}"),
        ),
        ("early", format!("t={early},v1={by_early}")),
        ("twice-a-time", format!("t=1,t={time},v1={by_new}")),
        ("stale", format!("t={stale},v1={by_stale}")),
        ("ahead", format!("t={ahead},v1={by_ahead}")),
        ("forged", format!("t={time},v1={forged}")),
        (
            "upper-case",
            format!("t={time},v1={}", by_new.to_uppercase()),
        ),
        ("space", format!("t={time}, v1={by_new}")),
        ("other-scheme", format!("t={time},v0={by_new}")),
        ("no-time", format!("v1={by_new}")),
        ("empty", String::new()),
    ] {
        let data = [header.as_bytes(), b"\n", body.as_slice()].concat();
        write("signatures", name, &data);
    }
}
