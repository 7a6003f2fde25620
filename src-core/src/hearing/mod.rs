//! What the ear makes of a spectrum: excitation, loudness, what is left of it among other sounds, equal loudness.
//!
//! Spectra in, sones out; no samples. The stationary model of Moore and Glasberg (ANSI S3.4-2007, ISO 532-2:2017) in its exact
//! form ([`excitation()`], [`loudness()`]) and in a form fast enough for every frame of a song ([`fast`]), partial loudness after
//! Moore, Glasberg and Baer (1997), and the contours of ISO 226:2023 ([`contours`]).
//!
//! # References
//! - B. C. J. Moore, B. R. Glasberg, T. Baer, "A model for the prediction of thresholds, loudness, and partial loudness",
//!   J. Audio Eng. Soc. 45 (1997), 224–240: excitation, specific loudness, equations 17 to 20 for partial loudness.
//! - B. R. Glasberg, B. C. J. Moore, "Prediction of absolute thresholds and equal-loudness contours using a modified loudness
//!   model", J. Acoust. Soc. Am. 120 (2006), 585–588, doi:10.1121/1.2214151: transfer to the inner ear, low frequencies.
//! - ANSI S3.4-2007 "Procedure for the Computation of Loudness of Steady Sounds"; ISO 532-2:2017; ISO 226:2023.

pub mod contours;
pub mod ear;
pub mod excitation;
pub mod fast;
pub mod filter;
pub mod loudness;
pub mod scale;

pub use ear::Field;
pub use excitation::{Component, excitation};
pub use fast::FastHearing;
pub use filter::Filter;
pub use loudness::{KOffset, loudness, partial_loudness, phon_to_sones, sones_to_phon};
