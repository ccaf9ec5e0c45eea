use super::{
    super::tests::{chain, committees, finality, vectors},
    *,
};
use edgeloom_node_api::Finality;
use edgeloom_types::CertificateError;

const HEIGHT: u64 = 25;

fn shown() -> Finality {
    finality(&vectors()["state"]["finality"])
}

fn flipped(bytes: &Bytes, bit: usize) -> Bytes {
    let mut bytes = bytes.to_vec();
    bytes[bit / 8] ^= 1 << (bit % 8);
    bytes.into()
}

/// By the committees that are proved.
fn read_by(committees: &[Committee], height: u64, shown: &Finality) -> Result<Final, LightError> {
    read(height, shown, chain(), |epoch| committees.get(usize::try_from(epoch).ok()?))
}

#[test]
fn every_bit_of_a_certificate_counts() {
    let (committees, shown) = (committees(), shown());
    let certificate = shown.certificate.clone().unwrap();
    assert_eq!(read_by(&committees, HEIGHT, &shown).unwrap().asked.number(), HEIGHT);
    for bit in 0..8 * certificate.len() {
        let other = Finality { certificate: Some(flipped(&certificate, bit)), ..shown.clone() };
        assert!(read_by(&committees, HEIGHT, &other).is_err(), "bit {bit}");
    }
    for length in 0..certificate.len() {
        let other = Finality { certificate: Some(certificate.slice(..length)), ..shown.clone() };
        assert!(read_by(&committees, HEIGHT, &other).is_err(), "{length} bytes");
    }
}

#[test]
fn every_bit_of_a_header_counts() {
    let (committees, shown) = (committees(), shown());
    for (place, header) in shown.headers.iter().enumerate() {
        for bit in 0..8 * header.len() {
            let mut other = shown.clone();
            other.headers[place] = flipped(header, bit);
            assert!(read_by(&committees, HEIGHT, &other).is_err(), "bit {bit} of header {place}");
        }
    }
}

#[test]
fn what_is_wrong_is_named() {
    let (committees, shown) = (committees(), shown());
    let height = shown.headers.len() as u64 + HEIGHT - 1;
    let refused = |committees: &[Committee], shown: &Finality| read_by(committees, HEIGHT, shown).unwrap_err();
    assert_eq!(refused(&committees[..2], &shown), LightError::CommitteeUnknown { epoch: 2 });
    let others = [&committees[0], &committees[1], &committees[1]].map(Clone::clone);
    let signature = LightError::Certificate { height, fault: CertificateError::Signature };
    assert_eq!(refused(&others, &shown), signature);
    let last = finality(&vectors()["epochs"][2]["finality"]);
    let of_another = Finality { certificate: last.certificate, ..shown.clone() };
    assert!(matches!(refused(&committees, &of_another), LightError::CertificateBlock { .. }));
    let certificate = shown.certificate.clone().unwrap();
    let renamed = Finality { certificate: Some(flipped(&certificate, 0)), ..shown.clone() };
    assert_eq!(refused(&committees, &renamed), LightError::CertificateEpoch { height, expected: 2, found: 3 });
    let none = Finality { certificate: None, ..shown.clone() };
    assert_eq!(refused(&committees, &none), LightError::NoCertificate { height: HEIGHT });
    let empty = Finality { headers: Vec::new(), ..shown.clone() };
    assert_eq!(refused(&committees, &empty), LightError::NoBlock { height: HEIGHT });
    let shifted = read_by(&committees, HEIGHT - 1, &shown).unwrap_err();
    assert_eq!(shifted, LightError::Height { expected: HEIGHT - 1, found: HEIGHT });
    let garbage = Finality { headers: vec![Bytes::from([0x80])], ..shown };
    assert_eq!(refused(&committees, &garbage), LightError::Malformed { what: "header", height: HEIGHT });
}

#[test]
fn a_block_is_final_by_the_certificate_of_one_above_it() {
    let shown = finality(&vectors()["descendant"]);
    assert!(shown.headers.len() > 1, "a chain of headers");
    let committees = committees();
    let first = LightHeader::decode(0, &shown.headers[0]).unwrap();
    let proved = read_by(&committees, first.number(), &shown).unwrap();
    assert_eq!(proved.asked, first);
    assert_eq!(proved.certified.number(), first.number() + shown.headers.len() as u64 - 1);
    // In two answers, of which the second begins where the first ends.
    let below = Ascent::climb(None, first.number(), &shown.headers[..1]).unwrap();
    let ascent = Ascent::climb(Some(below), first.number(), &shown.headers).unwrap();
    let certificate = shown.certificate.clone().unwrap();
    assert_eq!(ascent.end(certificate, chain(), |epoch| committees.get(epoch as usize)).unwrap(), proved);
    let mut gap = shown.clone();
    gap.headers.remove(1);
    let height = first.number() + 1;
    assert_eq!(read_by(&committees, first.number(), &gap).unwrap_err(), LightError::Broken { height });
}
