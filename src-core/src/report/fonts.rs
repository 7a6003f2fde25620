//! The embedded fonts: subsets of Inter and JetBrains Mono, both under the SIL Open Font License 1.1
//! (`assets/fonts/OFL-*.txt`; made by `assets/fonts/subset.py`).

/// A font as TrueType for PDF and as WOFF2 for HTML.
pub(super) struct Face {
    /// Family as CSS names it.
    pub family: &'static str,
    /// CSS weight.
    pub weight: u16,
    /// TrueType.
    pub ttf: &'static [u8],
    /// WOFF2.
    pub woff2: &'static [u8],
}

macro_rules! face {
    ($family:literal, $weight:literal, $file:literal) => {
        Face {
            family: $family,
            weight: $weight,
            ttf: include_bytes!(concat!("../../assets/fonts/", $file, ".ttf")),
            woff2: include_bytes!(concat!("../../assets/fonts/", $file, ".woff2")),
        }
    };
}

/// Text.
pub(super) const REGULAR: Face = face!("Inter", 400, "Inter-Regular");
/// Emphasis.
pub(super) const SEMIBOLD: Face = face!("Inter", 600, "Inter-SemiBold");
/// Headings and key numbers.
pub(super) const DISPLAY: Face = face!("Inter Display", 600, "InterDisplay-SemiBold");
/// Codes and file names.
pub(super) const MONO: Face = face!("JetBrains Mono", 400, "JetBrainsMono-Regular");
/// All of them.
pub(super) const ALL: [Face; 4] = [REGULAR, SEMIBOLD, DISPLAY, MONO];
