//! What platforms and media would do with a master: their published rules held against its loudness, peak and format.

use crate::diagnose::Status;
use crate::error::Result;
use crate::models::delivery::{self, Delivery, TurnedUp};
use crate::units::number;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Room for rounding of a measured peak, dB.
const PEAK_ROOM_DB: f64 = 0.05;
/// A change of level below this is none, dB.
const LEVEL_ROOM_DB: f64 = 0.1;
/// Distance from a loudness that is required, LU, where nothing is published (EBU R 128 s1 has 1 LU for live programmes).
const TOLERANCE_LU: f64 = 1.0;

/// What would be delivered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Master {
    /// Integrated loudness, LUFS; none until it is measured, and for silence.
    pub integrated_lufs: Option<f64>,
    /// Highest true peak, dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// Hz.
    pub sample_rate: u32,
    /// Bits a sample.
    pub bits: u32,
}

/// What one platform or medium would do with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outlook {
    /// Name of the platform or medium.
    pub name: String,
    /// What it changes the level by, dB: negative is turned down; none where it sets no level.
    pub turned_db: Option<f64>,
    /// The ceiling that holds for this master, dBTP.
    pub ceiling_dbtp: Option<f64>,
    /// Whether it takes the master as it is.
    pub status: Status,
    /// The same in a few words.
    pub text: String,
}

/// What all platforms and media would do with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Outlooks {
    /// In the order in which they are shown.
    pub deliveries: Vec<Outlook>,
    /// The one ceiling that meets all that were chosen, dBTP; none if the master meets them already.
    pub common_ceiling_dbtp: Option<f64>,
}

/// Holds a master against every platform and medium that is known; `chosen` are the names of those it is meant for.
///
/// # Errors
/// Only if an embedded file is damaged, which is a fault of the program.
pub fn outlooks(master: &Master, chosen: &[String]) -> Result<Outlooks> {
    let all = delivery::all()?;
    let asked = all.iter().filter(|d| chosen.contains(&d.name)).filter_map(|d| ceiling(d, master));
    let lowest = asked.fold(f64::INFINITY, f64::min);
    let over = master.true_peak_dbtp.is_some_and(|peak| peak > lowest + PEAK_ROOM_DB);
    Ok(Outlooks {
        deliveries: all.iter().map(|delivery| outlook(delivery, master)).collect(),
        common_ceiling_dbtp: (over && lowest.is_finite()).then_some(lowest),
    })
}

/// Before a master is measured, the ceiling for one that is not loud.
fn ceiling(delivery: &Delivery, master: &Master) -> Option<f64> {
    delivery.ceiling_dbtp(master.integrated_lufs.unwrap_or(f64::NEG_INFINITY))
}

/// What the level is changed by: never more than the rule lets it turn up.
fn turned(delivery: &Delivery, master: &Master) -> Option<f64> {
    let rule = delivery.loudness.as_ref()?;
    let wanted = rule.target_lufs - master.integrated_lufs?;
    Some(match rule.turned_up {
        _ if wanted <= 0.0 => wanted,
        TurnedUp::Always => wanted,
        TurnedUp::Never | TurnedUp::Unknown => 0.0,
        TurnedUp::UntilPeak => {
            let usual = delivery.true_peak.as_ref().map_or(0.0, |rule| rule.ceiling_dbtp);
            wanted.min(usual - master.true_peak_dbtp.unwrap_or(0.0)).max(0.0)
        }
    })
}

fn outlook(delivery: &Delivery, master: &Master) -> Outlook {
    let (turned_db, ceiling_dbtp) = (turned(delivery, master), ceiling(delivery, master));
    let (status, text) = judged(delivery, master, turned_db, ceiling_dbtp);
    Outlook { name: delivery.name.clone(), turned_db, ceiling_dbtp, status, text }
}

fn judged(delivery: &Delivery, master: &Master, turned_db: Option<f64>, ceiling_dbtp: Option<f64>) -> (Status, String) {
    let Some(lufs) = master.integrated_lufs else { return (Status::Skipped, "Known once the result is measured".into()) };
    let rule = delivery.loudness.as_ref();
    if let Some(rule) = rule.filter(|r| r.required && (lufs - r.target_lufs).abs() > r.tolerance_lu.unwrap_or(TOLERANCE_LU)) {
        return (Status::Note, format!("Refused: asks {}\u{a0}LUFS", number(rule.target_lufs, 0)));
    }
    if let (Some(ceiling), Some(peak)) = (ceiling_dbtp, master.true_peak_dbtp)
        && peak > ceiling + PEAK_ROOM_DB
    {
        let stricter = delivery.true_peak.as_ref().filter(|p| p.ceiling_dbtp != ceiling).and_then(|p| p.louder_than_lufs);
        let why = stricter.map_or_else(String::new, |limit| format!(" above {}\u{a0}LUFS", number(limit, 0)));
        return (Status::Warn, format!("Asks {}{why}", number(ceiling, 1)));
    }
    if let Some(text) = format_asked(delivery, master) {
        return (Status::Note, text);
    }
    let missing = rule.zip(turned_db).map(|(rule, turned)| rule.target_lufs - lufs - turned).filter(|lu| *lu > LEVEL_ROOM_DB);
    if let Some(missing) = missing {
        return (Status::Note, format!("{}\u{a0}dB softer than others", number(missing, 1)));
    }
    if let Some(vinyl) = &delivery.vinyl {
        return (Status::Note, format!("Side silent below {}\u{a0}Hz", number(vinyl.mono_below_hz, 0)));
    }
    let down = turned_db.is_some_and(|db| db < -LEVEL_ROOM_DB);
    (Status::Pass, if down { "As asked, turned down" } else { "As asked" }.into())
}

/// What another rate or depth the medium takes, if it does not take this one.
fn format_asked(delivery: &Delivery, master: &Master) -> Option<String> {
    let asked = &delivery.format;
    let khz = |hz: u32| number(f64::from(hz) / 1000.0, usize::from(!hz.is_multiple_of(1000)));
    let too_deep = asked.max_bits.filter(|most| master.bits > *most);
    if !asked.rates_hz.is_empty() && !asked.rates_hz.contains(&master.sample_rate) {
        let rates: Vec<String> = asked.rates_hz.iter().map(|hz| khz(*hz)).collect();
        let bits = asked.max_bits.map_or_else(String::new, |bits| format!(", {bits}\u{a0}bit, dithered"));
        return Some(format!("To {}\u{a0}kHz{bits}", rates.join(" or ")));
    }
    let low = asked.min_rate_hz.filter(|least| master.sample_rate < *least).map(|least| format!("Asks at least {}\u{a0}kHz", khz(least)));
    let high = || asked.max_rate_hz.filter(|most| master.sample_rate > *most).map(|most| format!("Takes at most {}\u{a0}kHz", khz(most)));
    let deep = || too_deep.map(|most| format!("To {most}\u{a0}bit, dithered"));
    let shallow = || asked.min_bits.filter(|least| master.bits < *least).map(|least| format!("Asks at least {least}\u{a0}bit"));
    low.or_else(high).or_else(deep).or_else(shallow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn master(lufs: f64, peak: f64) -> Master {
        Master { integrated_lufs: Some(lufs), true_peak_dbtp: Some(peak), sample_rate: 44_100, bits: 24 }
    }

    fn of(name: &str, master: &Master) -> Outlook {
        outlook(&delivery::find(name).unwrap(), master)
    }

    #[test]
    fn a_level_is_turned_as_far_as_the_rule_allows() {
        let (loud, soft) = (master(-9.0, -1.0), master(-20.0, -4.0));
        let turned = |name: &str, master| of(name, master).turned_db;
        assert_eq!(turned("spotify", &loud), Some(-5.0));
        assert_eq!(turned("spotify", &soft), Some(3.0), "until its peak is at the ceiling");
        assert_eq!(turned("youtube", &soft), Some(0.0));
        assert_eq!(turned("cd", &loud), None);
        assert!(of("youtube", &soft).text.contains("6.0\u{a0}dB softer"));
    }

    #[test]
    fn a_loud_master_gets_the_stricter_ceiling_of_services_that_name_one() {
        let loud = master(-9.0, -1.2);
        let found = of("spotify", &loud);
        assert_eq!((found.ceiling_dbtp, found.status), (Some(-2.0), Status::Warn));
        assert_eq!(found.text, "Asks \u{2212}2.0 above \u{2212}14\u{a0}LUFS");
        let quiet = of("spotify", &master(-14.5, -2.0));
        assert_eq!((quiet.ceiling_dbtp, quiet.status), (Some(-1.0), Status::Pass));
        let common = |chosen: &[&str]| {
            let chosen: Vec<String> = chosen.iter().map(|name| (*name).to_owned()).collect();
            outlooks(&loud, &chosen).unwrap().common_ceiling_dbtp
        };
        assert_eq!(common(&["spotify", "apple-music"]), Some(-2.0));
        assert_eq!(common(&["apple-music"]), None);
        assert_eq!(common(&[]), None);
    }

    #[test]
    fn what_a_medium_does_not_take_is_said_with_what_it_takes() {
        let refused = of("ebu-r128", &Master { sample_rate: 48_000, ..master(-16.1, -1.1) });
        assert_eq!((refused.status, refused.text.as_str()), (Status::Note, "Refused: asks \u{2212}23\u{a0}LUFS"));
        assert!(of("cd", &Master { sample_rate: 96_000, ..master(-12.0, -1.0) }).text.starts_with("To 44.1\u{a0}kHz, 16\u{a0}bit"));
        let silent = Master { integrated_lufs: None, ..master(0.0, 0.0) };
        assert!(outlooks(&silent, &[]).unwrap().deliveries.iter().all(|o| o.status == Status::Skipped));
    }
}
