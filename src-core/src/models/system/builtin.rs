//! The systems that come with the tool, embedded so that it is one binary.

use super::System;
use crate::error::{Error, Result};
use std::path::Path;

/// The files, in the order in which they are shown.
const FILES: [(&str, &str); 18] = [
    ("smartphone", include_str!("../../../../models/systems/smartphone.json")),
    ("tablet", include_str!("../../../../models/systems/tablet.json")),
    ("laptop", include_str!("../../../../models/systems/laptop.json")),
    ("smart_speaker", include_str!("../../../../models/systems/smart_speaker.json")),
    ("bluetooth_speaker", include_str!("../../../../models/systems/bluetooth_speaker.json")),
    ("kitchen_radio", include_str!("../../../../models/systems/kitchen_radio.json")),
    ("earbuds_anc", include_str!("../../../../models/systems/earbuds_anc.json")),
    ("earbuds_no_anc", include_str!("../../../../models/systems/earbuds_no_anc.json")),
    ("consumer_headphones", include_str!("../../../../models/systems/consumer_headphones.json")),
    ("studio_headphones", include_str!("../../../../models/systems/studio_headphones.json")),
    ("studio_monitors", include_str!("../../../../models/systems/studio_monitors.json")),
    ("home_hifi", include_str!("../../../../models/systems/home_hifi.json")),
    ("tv", include_str!("../../../../models/systems/tv.json")),
    ("store_ceiling", include_str!("../../../../models/systems/store_ceiling.json")),
    ("car_parked", include_str!("../../../../models/systems/car_parked.json")),
    ("car_100kmh", include_str!("../../../../models/systems/car_100kmh.json")),
    ("club_pa", include_str!("../../../../models/systems/club_pa.json")),
    ("festival_pa", include_str!("../../../../models/systems/festival_pa.json")),
];

/// Names of the systems that come with the tool, in the order in which they are shown.
pub fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, _)| *name)
}

/// The system of that name; none if it does not come with the tool. Case does not matter.
///
/// # Errors
/// Only if an embedded file is damaged, which is a fault of the program.
pub fn find(name: &str) -> Result<Option<System>> {
    let wanted = name.trim().to_ascii_lowercase();
    FILES.iter().find(|(known, _)| *known == wanted).map(|(name, text)| parse(name, text)).transpose()
}

/// All systems that come with the tool, in the order in which they are shown.
///
/// # Errors
/// Only if an embedded file is damaged, which is a fault of the program.
pub fn all() -> Result<Vec<System>> {
    FILES.iter().map(|(name, text)| parse(name, text)).collect()
}

fn parse(name: &str, text: &str) -> Result<System> {
    let system = System::parse(Path::new(&format!("models/systems/{name}.json")), text)?;
    if system.name != name {
        return Err(Error::Bug { place: "models/systems", problem: format!("{name} calls itself {:?}", system.name) });
    }
    Ok(system)
}

#[cfg(test)]
mod tests {
    use super::super::{Basis, System};
    use super::*;

    #[test]
    fn every_embedded_file_is_sound_and_every_file_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/systems");
        let mut on_disk: Vec<String> =
            std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned()).collect();
        let mut embedded: Vec<String> = all().unwrap().into_iter().map(|s| s.name).collect();
        on_disk.sort();
        embedded.sort();
        assert_eq!(on_disk, embedded);
    }

    #[test]
    fn figures_are_those_of_their_sources() {
        let phone = find("Smartphone").unwrap().unwrap();
        assert_eq!((phone.level.dba, phone.response.mean_db[7], phone.basis()), (63.0, -41.1, Basis::Estimated));
        assert_eq!(phone.limiter.as_ref().unwrap().threshold_db[0], -30.6);
        let earbuds = find("earbuds_anc").unwrap().unwrap();
        assert_eq!((earbuds.measured_devices, earbuds.basis()), (219, Basis::Measured));
        assert!(earbuds.licence.contains("CC-BY-SA-4.0") && earbuds.origin.contains("OPRA"));
        assert!(find("kitchen_radio").unwrap().unwrap().is_mono());
        assert!(find("gramophone").unwrap().is_none());
    }

    #[test]
    fn responses_are_zero_in_the_middle() {
        for system in all().unwrap() {
            let middle = &system.response.mean_db[14..21];
            let mean = middle.iter().sum::<f64>() / middle.len() as f64;
            assert!(mean.abs() < 0.6, "{}: {mean}", system.name);
        }
    }

    #[test]
    fn damaged_files_are_refused_with_their_name() {
        let text = FILES[0].1;
        let broken = [
            text.replace("plumbline-system/1", "plumbline-system/9"),
            text.replace("\"dba\": 63", "\"dba\": 630"),
            text.replace("\"measured:21\"", "\"guessed\""),
            text.replace("\"mono_below_hz\": 500.0", "\"mono_below_hz\": -5.0"),
            text.replace("\"heard\": \"loudspeakers\"", "\"heard\": \"walls\""),
            text.replacen("-60.1, ", "", 1),
            text.replace("\"smartphone\"", "\"../smartphone\""),
        ];
        for (nth, text) in broken.iter().enumerate() {
            assert_ne!(text, FILES[0].1, "case {nth} changes nothing");
            let error = System::parse(Path::new("mine.json"), text).unwrap_err().to_string();
            assert!(error.starts_with("mine.json: "), "{error}");
        }
    }
}
