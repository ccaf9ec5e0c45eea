// Sums of products for many vectors: a workgroup takes 64 rows and 16 vectors, and goes through the columns 16 words at a time,
// which all lanes load together and then share. A lane has four rows and four vectors.

const ROWS: u32 = 64u;
const VECTORS: u32 = 16u;
const WORDS: u32 = 16u;
// Of a row in shared memory: one word more, so that lanes on neighbouring rows meet different banks.
const PITCH: u32 = 17u;

var<workgroup> rows: array<u32, 1088>;
var<workgroup> vectors: array<u32, 272>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    // Rows and vectors of the lane, within the tile.
    let my_row = 4u * (lane & 15u);
    let my_vector = 4u * (lane >> 4u);
    let across = (step.row + ROWS - 1u) / ROWS;
    let tiles = across * ((step.vectors + VECTORS - 1u) / VECTORS);
    for (var tile = group.x + groups.x * group.y; tile < tiles; tile += groups.x * groups.y) {
        let r = ROWS * (tile % across);
        let i = VECTORS * (tile / across);
        var sums: array<vec4<i32>, 4>;
        for (var j = 0u; j < depth(); j += WORDS) {
            for (var s = lane; s < ROWS * WORDS; s += 64u) {
                let row = s / WORDS;
                let word = s % WORDS;
                // Beyond the last row or column anything will do; zeros read nothing.
                var w = 0u;
                if r + row < step.row && j + word < depth() {
                    w = weight(r + row, j + word);
                }
                rows[row * PITCH + word] = w;
            }
            for (var s = lane; s < VECTORS * WORDS; s += 64u) {
                vectors[(s / WORDS) * PITCH + s % WORDS] = operand(i + s / WORDS, j + s % WORDS);
            }
            workgroupBarrier();
            for (var word = 0u; word < WORDS; word++) {
                let w0 = rows[my_row * PITCH + word];
                let w1 = rows[(my_row + 1u) * PITCH + word];
                let w2 = rows[(my_row + 2u) * PITCH + word];
                let w3 = rows[(my_row + 3u) * PITCH + word];
                for (var v = 0u; v < 4u; v++) {
                    let x = vectors[(my_vector + v) * PITCH + word];
                    sums[v] += vec4(
                        dot4I8Packed(w0, x), dot4I8Packed(w1, x), dot4I8Packed(w2, x), dot4I8Packed(w3, x),
                    );
                }
            }
            workgroupBarrier();
        }
        for (var v = 0u; v < 4u; v++) {
            store(i + my_vector + v, r + my_row, sums[v]);
        }
    }
}
