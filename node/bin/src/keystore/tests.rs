use super::*;

/// EIP-2335's own example, whose password is "𝔱𝔢𝔰𝔱𝔭𝔞𝔰𝔰𝔴𝔬𝔯𝔡🔑" in the compatible form that the standard prescribes.
const EXAMPLE: &str = r#"{
    "kdf": {
        "function": "scrypt",
        "params": {
            "dklen": 32, "n": 262144, "p": 1, "r": 8,
            "salt": "d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3"
        },
        "message": ""
    },
    "checksum": {
        "function": "sha256",
        "params": {},
        "message": "d2217fe5f3e9a1e34581ef8a78f7c9928e436d36dacc5e846690a5581e8ea484"
    },
    "cipher": {
        "function": "aes-128-ctr",
        "params": { "iv": "264daa3f303d7259501c93d997d84fe6" },
        "message": "06ae90d55fe0a6e9c5c3bc5b170827b2e5cce3929ed3f116c2811e6366dfe20f"
    }
}"#;

fn example() -> Crypto {
    serde_json::from_str(EXAMPLE).expect("a keystore")
}

#[test]
fn the_standard_s_own_example_comes_out() {
    let secret = example().decrypt("testpassword🔑".as_bytes()).expect("the right password");
    assert_eq!(hex::encode(secret), "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f");
}

#[test]
fn a_secret_comes_back_with_its_password_alone() {
    let kept = encrypt(b"sixty-four bytes or fewer", b"right", Password::Random);
    let file = serde_json::to_string(&kept).expect("JSON");
    assert!(!file.contains(&hex::encode(b"sixty-four")), "{file}");
    let read: Crypto = serde_json::from_str(&file).expect("ours");
    assert_eq!(read.decrypt(b"right").expect("right").as_slice(), b"sixty-four bytes or fewer");
    assert_eq!(read.decrypt(b"wrong").expect_err("wrong"), KeystoreError::Password);
    let again = encrypt(b"sixty-four bytes or fewer", b"right", Password::Random);
    assert_ne!(again.cipher.message.0, kept.cipher.message.0, "a fresh salt and a fresh iv");
}

/// Of people's passwords; the machine's are not guessed whatever a guess costs.
#[test]
fn guesses_are_dear() {
    assert_eq!(Password::Chosen.cost_log2(), 17);
}

#[test]
fn what_would_take_the_machine_s_memory_is_refused() {
    for (field, value) in
        [("\"n\": 262144", "\"n\": 1073741824"), ("\"n\": 262144", "\"n\": 3"), ("\"p\": 1", "\"p\": 4000000")]
    {
        let crypto: Crypto = serde_json::from_str(&EXAMPLE.replace(field, value)).expect("a keystore");
        assert!(matches!(crypto.decrypt(b"any"), Err(KeystoreError::Malformed(_))), "{value}");
    }
    let crypto: Crypto = serde_json::from_str(&EXAMPLE.replace("\"scrypt\"", "\"argon2\"")).expect("a keystore");
    let refused = crypto.decrypt(b"any").expect_err("another function").to_string();
    assert!(refused.contains("argon2") && refused.contains("scrypt"), "{refused}");
    let mut short = example();
    short.cipher.params.iv.0.pop();
    assert_eq!(
        apply(&[0; 32], &short.cipher.params.iv.0, &mut []),
        Err(KeystoreError::Malformed("the iv has not 16 bytes"))
    );
}

#[test]
fn a_key_s_file_has_what_others_look_for() {
    let file = BlsKeystore::new(&[7; 48], encrypt(&[1; 32], b"p", Password::Random), "of nobody");
    let json: serde_json::Value = serde_json::to_value(&file).expect("JSON");
    assert_eq!((&json["version"], &json["path"]), (&4.into(), &"".into()));
    assert_eq!(json["pubkey"].as_str().map(str::len), Some(96));
    let uuid = json["uuid"].as_str().expect("text");
    assert_eq!((uuid.len(), &uuid[14..15]), (36, "4"), "{uuid}");
}
