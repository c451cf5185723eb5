//! Company names and addresses that look real, some of them awkward on purpose.

use crate::random::Random;

const FIRST: [&str; 64] = [
    "Alder",
    "Amber",
    "Apex",
    "Aurora",
    "Baker",
    "Beacon",
    "Birch",
    "Bluebird",
    "Bright",
    "Cedar",
    "Cobalt",
    "Copper",
    "Coral",
    "Crescent",
    "Delta",
    "Echo",
    "Ember",
    "Evergreen",
    "Falcon",
    "Fern",
    "Fjord",
    "Foundry",
    "Gale",
    "Garnet",
    "Glacier",
    "Granite",
    "Harbor",
    "Hazel",
    "Heron",
    "Indigo",
    "Iris",
    "Ivory",
    "Jasper",
    "Juniper",
    "Kestrel",
    "Keystone",
    "Lantern",
    "Larch",
    "Linden",
    "Lumen",
    "Maple",
    "Meridian",
    "Mesa",
    "Nimbus",
    "North",
    "Oak",
    "Onyx",
    "Orchard",
    "Osprey",
    "Pine",
    "Prairie",
    "Quarry",
    "Quill",
    "Raven",
    "Ridge",
    "River",
    "Sable",
    "Saffron",
    "Sierra",
    "Slate",
    "Summit",
    "Tidal",
    "Vista",
    "Willow",
];

const SECOND: [&str; 40] = [
    "Analytics",
    "Architects",
    "Associates",
    "Bakery",
    "Bikes",
    "Books",
    "Brothers",
    "Build",
    "Care",
    "Clinics",
    "Coffee",
    "Collective",
    "Consulting",
    "Dental",
    "Design",
    "Digital",
    "Dynamics",
    "Energy",
    "Engineering",
    "Events",
    "Farms",
    "Finance",
    "Foods",
    "Freight",
    "Games",
    "Health",
    "Hotels",
    "Insurance",
    "Labs",
    "Legal",
    "Logistics",
    "Media",
    "Partners",
    "Payments",
    "Pharma",
    "Realty",
    "Robotics",
    "Software",
    "Studio",
    "Travel",
];

const FORMS: [&str; 10] = [
    "", "", "", " Inc.", " LLC", " Ltd", " GmbH", " & Co.", " Group", " Corp.",
];

/// Names from elsewhere, and names that trip up a careless export.
const OTHERS: [&str; 28] = [
    "Łódzkie Zakłady Mięsne S.A.",
    "Müller & Söhne GmbH & Co. KG",
    "Crêperie Éluard SARL",
    "Ærø Skibsværft ApS",
    "株式会社サンプル商事",
    "東京データ合同会社",
    "شركة الخليج للبرمجيات",
    "Ελληνικά Λογισμικά Α.Ε.",
    "Αθηνά Labs",
    "São Bento Comércio de Café Ltda.",
    "Ñandú Viajes, S.L.",
    "Ísafjörður Fiskvinnsla ehf.",
    "Škoda Weber s.r.o.",
    "İstanbul Tekstil A.Ş.",
    "=Equals Studio",
    "+Plus Minus Agency",
    "-Dash Digital",
    "@Home Services",
    "O'Brien, Byrne & Daughters",
    "Smith, Jones and \"The Others\"",
    "\"Quoted\" Media",
    "Back\\slash Systems",
    "100% Organic; Fresh & Local",
    "The Association of Independent Providers of Regional Mail Services",
    "Internationale Gesellschaft für angewandte Postzustellungskunde",
    "🌱 Sprout Cooperative",
    "Acme\u{a0}Widgets",
    "<b>Bold</b> Type Foundry",
];

/// Every how many customers one has an awkward name.
const AWKWARD_EVERY: u32 = 11;

/// The name of customer number `serial`: now and then an awkward one, each in its turn.
pub(crate) fn of_customer(serial: u32, random: &mut Random) -> String {
    if serial % AWKWARD_EVERY == 3 {
        let turn = (serial / AWKWARD_EVERY) as usize % OTHERS.len();
        return OTHERS[turn].to_owned();
    }
    company(random)
}

/// A company's name.
pub(crate) fn company(random: &mut Random) -> String {
    if random.chance(20) {
        return random.pick(&OTHERS).to_owned();
    }
    let (first, second) = (random.pick(&FIRST), random.pick(&SECOND));
    let form = random.pick(&FORMS);
    match random.below(8) {
        0 => format!("{first} & {}{form}", random.pick(&FIRST)),
        1 => format!("{first}{}{form}", second.to_lowercase()),
        _ => format!("{first} {second}{form}"),
    }
}

/// An address that fits the name, in a domain that no mail reaches.
pub(crate) fn email(name: &str) -> String {
    let mut slug = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() >= 32 {
            break;
        }
    }
    let slug = slug.trim_matches('-');
    let slug = if slug.is_empty() { "tenant" } else { slug };
    format!("billing@{slug}.example")
}
