//! The colours of the window, as a chart names them.

use plotters_backend::BackendColor;

/// The theme that a chart is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// On white.
    #[default]
    Light,
    /// On near-black.
    Dark,
}

/// A colour by what it means. The values are those of the window's tokens; a test holds the two
/// together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ink {
    Page,
    Hairline,
    Text,
    Secondary,
    Label,
    Accent,
    Near,
    Over,
    Limit,
    Earlier,
    Track,
}

impl Ink {
    /// Every ink with the name of its token.
    #[cfg(test)]
    pub(super) const TOKENS: [(Self, &str); 11] = [
        (Self::Page, "page"),
        (Self::Hairline, "hairline"),
        (Self::Text, "text"),
        (Self::Secondary, "text-secondary"),
        (Self::Label, "text-label"),
        (Self::Accent, "accent"),
        (Self::Near, "near"),
        (Self::Over, "over"),
        (Self::Limit, "limit"),
        (Self::Earlier, "earlier"),
        (Self::Track, "track"),
    ];

    /// Red, green and blue in one theme.
    pub(super) fn rgb(self, look: Look) -> (u8, u8, u8) {
        let (light, dark) = match self {
            Self::Page => ((0xff, 0xff, 0xff), (0x16, 0x16, 0x18)),
            Self::Hairline | Self::Track => ((0xe6, 0xe6, 0xea), (0x2a, 0x2a, 0x2f)),
            Self::Text => ((0x18, 0x18, 0x1b), (0xed, 0xed, 0xf0)),
            Self::Secondary => ((0x55, 0x55, 0x5f), (0xad, 0xad, 0xb8)),
            Self::Label => ((0x6f, 0x6f, 0x7a), (0x8d, 0x8d, 0x99)),
            Self::Accent => ((0x3d, 0x5b, 0xd9), (0x8e, 0xa2, 0xff)),
            Self::Near => ((0xa1, 0x5c, 0x07), (0xf0, 0xb3, 0x5a)),
            Self::Over => ((0xb4, 0x23, 0x18), (0xff, 0x8f, 0x85)),
            Self::Limit => ((0x27, 0x27, 0x2a), (0xe4, 0xe4, 0xe7)),
            Self::Earlier => ((0xc9, 0xc9, 0xd1), (0x4a, 0x4a, 0x54)),
        };
        match look {
            Look::Light => light,
            Look::Dark => dark,
        }
    }

    /// The colour as plotters takes it; so many percent opaque.
    pub(super) fn colour(self, look: Look, percent: u8) -> BackendColor {
        let whole = BackendColor {
            alpha: percent.into(),
            rgb: self.rgb(look),
        };
        whole.mix(0.01)
    }
}
