//! ffmpeg filter string. Its filters are the same cookbook ones (libavfilter/af_biquads.c), so the result is the same.
//!
//! Such a string has no comments; what is missing is named in the instance name of a filter that does nothing
//! (`anull@not_carried_…`).

use super::plain;
use super::plan::Plan;
use crate::chain::settings::{EqBand, EqKind};

/// The filter string for `-af`.
pub fn write(plan: &Plan) -> String {
    // Double precision from the first filter on: with 16-bit input ffmpeg would clip between filters.
    let mut filters = vec!["aformat=sample_fmts=dblp".to_owned()];
    if plan.gain_db != 0.0 {
        filters.push(format!("volume={}dB:precision=double", plain(plan.gain_db, 4)));
    }
    filters.extend(plan.both.iter().map(|b| filter(b, "")));
    if plan.needs_mid_side() {
        filters.push("pan=stereo|c0=0.5*c0+0.5*c1|c1=0.5*c0-0.5*c1".into());
        filters.extend(plan.mid.iter().map(|b| filter(b, ":c=FL")));
        filters.extend(plan.side.iter().map(|b| filter(b, ":c=FR")));
        let side = plain(10f64.powf(plan.side_gain_db / 20.0), 9);
        filters.push(format!("pan=stereo|c0=c0+{side}*c1|c1=c0-{side}*c1"));
    }
    if !plan.left_out.is_empty() {
        let names: Vec<&str> = plan.left_out.iter().map(|l| l.name).collect();
        filters.push(format!("anull@not_carried_{}", names.join("_and_")));
    }
    filters.join(",") + "\n"
}

fn filter(band: &EqBand, channels: &str) -> String {
    let name = match band.kind {
        EqKind::Bell => "equalizer",
        EqKind::LowShelf => "lowshelf",
        EqKind::HighShelf => "highshelf",
        EqKind::HighPass => "highpass",
        EqKind::LowPass => "lowpass",
    };
    let gain = match band.kind {
        EqKind::HighPass | EqKind::LowPass => String::new(),
        _ => format!(":g={}", plain(band.gain_db, 4)),
    };
    format!("{name}=f={}:t=q:w={}{gain}{channels}", plain(band.freq_hz, 4), plain(band.q, 6))
}
