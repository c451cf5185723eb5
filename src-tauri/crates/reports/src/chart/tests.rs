//! Charts of every kind of data, as they are drawn. To look at them:
//! `METERDESK_KEEP_CHARTS=<folder> cargo nextest run -p reports -E 'test(chart::tests)'`.

mod fixtures;

use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;

use super::ink::Ink;
use super::*;
use fixtures::{all_tenants, day, quantity, tenant};

fn size(width: u32, height: u32) -> Size {
    Size::new(width, height).expect("a size")
}

/// Keeps a picture where somebody wants to look at it.
fn keep(name: &str, picture: &Picture) {
    let Some(folder) = std::env::var_os("METERDESK_KEEP_CHARTS").map(PathBuf::from) else {
        return;
    };
    for (look, word) in [(Look::Light, "light"), (Look::Dark, "dark")] {
        let png = picture.png(look).expect("a PNG");
        fs::write(folder.join(format!("{name}-{word}.png")), png).expect("kept");
    }
    let svg = picture.svg_file(Look::Light).expect("an SVG");
    fs::write(folder.join(format!("{name}.svg")), svg).expect("kept");
}

/// Every case with the words that it must say. The drawing is a snapshot; it is opened and judged
/// by eye whenever it changes.
#[rstest]
#[case::usual("usual")]
#[case::alone("alone")]
#[case::empty("empty")]
#[case::not_begun("not_begun")]
#[case::one_point("one_point")]
#[case::unknown_limit("unknown_limit")]
#[case::long_name("long_name")]
#[case::huge("huge")]
#[case::zero_use("zero_use")]
#[case::over("over")]
#[case::changed("changed")]
#[case::lowered("lowered")]
#[case::corrected("corrected")]
#[case::few_data("few_data")]
#[case::no_allowance("no_allowance")]
fn a_tenant(#[case] name: &str) {
    let chart = tenant(name);
    let size = if chart.alone {
        size(960, 540)
    } else {
        size(704, 340)
    };
    let picture = tenant_usage(&chart, size).expect("a picture");
    keep(&format!("tenant-{name}"), &picture);
    insta::assert_snapshot!(format!("tenant_{name}"), told(&picture));
}

/// A drawing with its words and the first and last of its places.
fn told(picture: &Picture) -> String {
    let place = |place: Option<&Place>| {
        place.map_or("none".to_owned(), |place| {
            let values = place
                .values
                .iter()
                .map(|one| format!("{}: {}", one.name, one.value));
            let values = values.collect::<Vec<_>>().join(" · ");
            format!("({}, {}) {} · {values}", place.x, place.y, place.title)
        })
    };
    let svg = picture.svg(Look::Light).expect("an SVG");
    let middle = picture.places.len() / 2;
    format!(
        "{}\n{} places\n{}\n{}\n{}\n{svg}",
        picture.sentence,
        picture.places.len(),
        place(picture.places.first()),
        place(picture.places.get(middle)),
        place(picture.places.last()),
    )
}

#[rstest]
#[case::usual("usual")]
#[case::empty("empty")]
#[case::one("one")]
#[case::long_names("long_names")]
#[case::huge("huge")]
fn tenants_together(#[case] name: &str) {
    let chart = all_tenants(name);
    let part = size(516, 240);
    type Draw = fn(&OverviewChart, Size) -> Result<Picture, ChartError>;
    let parts: [(&str, Draw); 4] = [
        ("distribution", distribution),
        ("nearest", nearest),
        ("trend", trend),
        ("unused", unused),
    ];
    for (what, draw) in parts {
        let picture = draw(&chart, part).expect("a picture");
        insta::assert_snapshot!(format!("{what}_{name}"), told(&picture));
    }
    let whole = overview(&chart, size(1080, 640)).expect("a picture");
    keep(&format!("overview-{name}"), &whole);
    let places: usize = parts
        .iter()
        .map(|(_, draw)| draw(&chart, part).expect("a picture").places.len())
        .sum();
    assert_eq!(
        whole.places.len(),
        places,
        "the sheet has every mark of its parts"
    );
}

#[test]
fn the_values_stand_in_the_table() {
    let picture = tenant_usage(&tenant("changed"), size(704, 340)).expect("a picture");
    let text: Vec<String> = [&picture
        .table
        .columns
        .iter()
        .map(|one| one.heading.clone())
        .collect()]
    .into_iter()
    .chain(picture.table.rows.iter().skip(8).take(5))
    .map(|row: &Vec<String>| row.join(" | "))
    .collect();
    insta::assert_snapshot!(text.join("\n"));
    let columns = picture.table.columns.len();
    assert!(picture.table.rows.iter().all(|row| row.len() == columns));
    assert_eq!(
        picture.table.rows.len(),
        30,
        "a row a day, the coming ones too"
    );
}

#[test]
fn the_same_input_makes_the_same_bytes() {
    let draw = || tenant_usage(&tenant("alone"), size(960, 540)).expect("a picture");
    for look in [Look::Light, Look::Dark] {
        assert_eq!(
            draw().svg(look).expect("SVG"),
            draw().svg(look).expect("SVG")
        );
        assert_eq!(
            draw().png(look).expect("PNG"),
            draw().png(look).expect("PNG")
        );
    }
}

#[test]
fn a_png_is_as_large_as_was_asked_for_and_dark_where_it_should_be() {
    let picture = tenant_usage(&tenant("alone"), size(640, 400)).expect("a picture");
    for (look, ground) in [
        (Look::Light, [0xff, 0xff, 0xff]),
        (Look::Dark, [0x16, 0x16, 0x18]),
    ] {
        let bytes = picture.png(look).expect("a PNG");
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .expect("a PNG");
        let mut pixels = vec![0; reader.output_buffer_size().expect("small")];
        let info = reader.next_frame(&mut pixels).expect("a picture");
        assert_eq!((info.width, info.height), (1280, 800), "two pixels a point");
        assert_eq!(pixels[..3], ground);
        let marks = pixels
            .chunks_exact(3)
            .filter(|pixel| *pixel != ground)
            .count();
        assert!(marks > 10_000, "something is drawn: {marks}");
    }
}

#[test]
fn a_name_cannot_break_out_of_the_file() {
    let mut chart = tenant("usual");
    chart.tenant =
        "</text><script>alert(\"1\")</script>&\u{0}\u{202e}abc' font-weight=\"bold\"".to_owned();
    chart.marks = vec![LimitMark {
        day: day("2026-11-09"),
        words: chart.tenant.clone(),
    }];
    chart.alone = true;
    let picture = tenant_usage(&chart, size(960, 540)).expect("a picture");
    let svg = picture.svg_file(Look::Light).expect("an SVG");
    for forbidden in ["<script", "\u{0}", "\u{202e}", "alert(\""] {
        assert!(!svg.contains(forbidden), "{forbidden:?} stands in the file");
    }
    let texts = svg.matches("<text").count();
    assert_eq!(texts, svg.matches("</text>").count());
    assert!(
        svg.contains("&lt;script&gt;"),
        "the name is written as it is"
    );
    assert!(
        svg.contains("data:font/woff2;base64,d09GM"),
        "the fonts are in the file"
    );
    assert!(
        !svg.contains("http://") || svg.matches("http://").count() == 1,
        "it loads nothing"
    );
}

#[test]
fn a_name_that_the_font_cannot_write_is_drawn_as_its_id_and_said_as_it_is() {
    let mut chart = tenant("alone");
    chart.tenant = "東京データサービス株式会社".to_owned();
    let picture = tenant_usage(&chart, size(960, 540)).expect("a picture");
    let mut all = all_tenants("one");
    all.nearest[0].name.clone_from(&chart.tenant);
    let list = nearest(&all, size(516, 240)).expect("a picture");
    for (picture, id) in [(&picture, "cus_R8sBluepine2Qd"), (&list, "cus_R8s000001Qd")] {
        let svg = picture.svg(Look::Light).expect("an SVG");
        let drawn = svg
            .split_once("</desc>")
            .expect("words before the drawing")
            .1;
        assert!(drawn.contains(id), "the id is drawn");
        assert!(!drawn.contains("東京"), "no boxes");
        assert!(picture.sentence.contains("東京"), "{}", picture.sentence);
    }
    assert_eq!(list.table.rows[0][0], chart.tenant);
    assert_eq!(list.places[0].title, chart.tenant);
}

#[test]
fn sizes_have_bounds() {
    for (width, height) in [(319, 400), (960, 159), (4001, 400), (960, 4001), (0, 0)] {
        assert!(matches!(
            Size::new(width, height),
            Err(ChartError::Size { .. })
        ));
    }
    for (width, height) in [(320, 160), (4000, 160), (320, 4000)] {
        let picture = tenant_usage(&tenant("alone"), size(width, height)).expect("a picture");
        assert!(picture.svg(Look::Dark).is_ok(), "{width} × {height}");
        let picture = overview(&all_tenants("usual"), size(width.max(640), height.max(400)));
        assert!(picture.is_ok(), "{width} × {height}");
    }
}

#[test]
fn a_period_that_is_none_is_refused() {
    let mut chart = tenant("usual");
    chart.end = chart.start;
    assert!(tenant_usage(&chart, size(704, 340)).is_err());
    let mut chart = tenant("usual");
    chart.days[0].billable = billing::usage::Quantity::MAX;
    assert!(
        tenant_usage(&chart, size(704, 340)).is_err(),
        "a sum beyond what can be held"
    );
}

#[test]
fn the_inks_are_the_windows_tokens() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let tokens = fs::read_to_string(root.join("ui/src/design/tokens.css")).expect("the tokens");
    let hex = |(red, green, blue): (u8, u8, u8)| format!("#{red:02x}{green:02x}{blue:02x}");
    for (ink, name) in Ink::TOKENS {
        let (light, dark) = (hex(ink.rgb(Look::Light)), hex(ink.rgb(Look::Dark)));
        let line = format!("  --{name}: light-dark({light}, {dark});");
        assert!(tokens.contains(&line), "the window has no {line}");
    }
}

#[test]
fn shares_are_of_what_was_asked_for() {
    let picture = nearest(&all_tenants("usual"), size(516, 240)).expect("a picture");
    let first = &picture.places[0];
    assert_eq!(first.values[1].value, "2,140 of 2,000");
    assert_eq!(first.values[0].value, "107 %");
    assert_eq!(quantity("2140").grouped_string(), "2,140");
}

#[test]
fn a_file_is_written_whole_in_the_form_that_its_name_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let picture = tenant_usage(&tenant("one_point"), size(400, 240)).expect("a picture");
    for (name, begins) in [("use.svg", &b"<svg "[..]), ("use.PNG", b"\x89PNG\r\n")] {
        let path = folder.path().join(name);
        let bytes = picture.save(&path, Look::Light).expect("written");
        let written = fs::read(&path).expect("a file");
        assert_eq!(written.len() as u64, bytes);
        assert!(written.starts_with(begins), "{name}");
    }
    for name in ["use.pdf", "use"] {
        let refused = picture.save(&folder.path().join(name), Look::Light);
        assert!(matches!(refused, Err(ChartError::Ending { .. })), "{name}");
    }
    let nowhere = picture.save(&folder.path().join("none/use.svg"), Look::Light);
    assert!(matches!(nowhere, Err(ChartError::File(_))));
    let names = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(names, 2, "nothing else is left");
}
