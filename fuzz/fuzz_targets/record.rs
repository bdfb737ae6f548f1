//! Any bytes as what stands in a target: a record, a manifest with what was begun, a packed document.
#![no_main]

use libfuzzer_sys::fuzz_target;
use onair::store::begun::{manifest_json, read_begun};
use onair::store::packed::{pack, unpack};
use onair::store::record::Record;

fuzz_target!(|bytes: &[u8]| {
    // What is packed twice is unpacked once.
    if let Ok(plain) = unpack(bytes)
        && !plain.starts_with(&[0x1f, 0x8b])
    {
        let packed = pack(plain.to_vec().into());
        assert_eq!(unpack(&packed).expect("we packed it"), plain);
    }
    let begun = read_begun(bytes);
    let Ok(record) = Record::from_json(bytes) else { return };
    let again = Record::from_json(&record.to_json()).expect("we wrote it");
    assert_eq!(again, record);
    let manifest = manifest_json(Some(&record), &begun);
    assert_eq!(Record::from_json(&manifest).expect("we wrote it"), record);
    assert_eq!(read_begun(&unpack(&manifest).expect("we packed it")), begun);
});
