// Blocks of ChaCha20 (RFC 8439, section 2.3).

// The block of this number, with the key at `key` in the trace. All of it is four quarters: words 4q to 4q + 3 in vector q.
fn chacha(key: u32, nonce: vec3<u32>, counter: u32) -> array<vec4<u32>, 4> {
    let start = array(
        vec4(0x61707865u, 0x3320646eu, 0x79622d32u, 0x6b206574u),
        four_words(key),
        four_words(key + 16u),
        vec4(counter, nonce),
    );
    var s = start;
    for (var round = 0u; round < 10u; round++) {
        // All columns at once, then all diagonals: rows turned against each other make columns of them.
        s = quarters(s);
        s = quarters(array(s[0], s[1].yzwx, s[2].zwxy, s[3].wxyz));
        s = array(s[0], s[1].wxyz, s[2].zwxy, s[3].yzwx);
    }
    return array(s[0] + start[0], s[1] + start[1], s[2] + start[2], s[3] + start[3]);
}

fn four_words(at: u32) -> vec4<u32> {
    return vec4(trace_bytes(at, 4u), trace_bytes(at + 4u, 4u), trace_bytes(at + 8u, 4u), trace_bytes(at + 12u, 4u));
}

fn quarters(s: array<vec4<u32>, 4>) -> array<vec4<u32>, 4> {
    var a = s[0];
    var b = s[1];
    var c = s[2];
    var d = s[3];
    a += b;
    d = turned(d ^ a, 16u);
    c += d;
    b = turned(b ^ c, 12u);
    a += b;
    d = turned(d ^ a, 8u);
    c += d;
    b = turned(b ^ c, 7u);
    return array(a, b, c, d);
}

fn turned(x: vec4<u32>, by: u32) -> vec4<u32> {
    return (x << vec4(by)) | (x >> vec4(32u - by));
}
