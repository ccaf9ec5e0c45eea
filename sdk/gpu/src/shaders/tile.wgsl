// Sums of products for many vectors: a workgroup takes 64 rows and 16 vectors, and goes through the columns 16 words at a time,
// which all lanes load together and then share. A lane has four rows and four vectors.

const ROWS: u32 = 64u;
const VECTORS: u32 = 16u;
const WORDS: u32 = 16u;

// Of each word, one after the other: four rows side by side, and four vectors.
var<workgroup> rows: array<vec4<u32>, 256>;
var<workgroup> vectors: array<vec4<u32>, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) lane: u32,
) {
    // The lane's four rows and four vectors, within the tile.
    let mine = vec2(lane & 15u, lane >> 4u);
    let across = (step.row + ROWS - 1u) / ROWS;
    let tiles = across * ((step.vectors + VECTORS - 1u) / VECTORS);
    for (var tile = group.x + groups.x * group.y; tile < tiles; tile += groups.x * groups.y) {
        let r = ROWS * (tile % across);
        let i = VECTORS * (tile / across);
        var sums0 = vec4(0i);
        var sums1 = vec4(0i);
        var sums2 = vec4(0i);
        var sums3 = vec4(0i);
        for (var j = 0u; j < depth(); j += WORDS) {
            load(lane, r, i, j);
            workgroupBarrier();
            for (var word = 0u; word < WORDS; word++) {
                let w = rows[word * (ROWS / 4u) + mine.x];
                let x = vectors[word * (VECTORS / 4u) + mine.y];
                sums0 += products(w, x.x);
                sums1 += products(w, x.y);
                sums2 += products(w, x.z);
                sums3 += products(w, x.w);
            }
            workgroupBarrier();
        }
        let row = r + 4u * mine.x;
        let vector = i + 4u * mine.y;
        store(vector, row, sums0);
        store(vector + 1u, row, sums1);
        store(vector + 2u, row, sums2);
        store(vector + 3u, row, sums3);
    }
}

// Words j to j + 15 of all rows and vectors of the tile. Neighbouring lanes read neighbouring words of a row.
fn load(lane: u32, r: u32, i: u32, j: u32) {
    let word = lane % WORDS;
    for (var row = lane / WORDS; row < ROWS; row += 64u / WORDS) {
        // Beyond the last row or column anything will do; zeros read nothing.
        var w = 0u;
        if r + row < step.row && j + word < depth() {
            w = weight(r + row, j + word);
        }
        rows[word * (ROWS / 4u) + row / 4u][row % 4u] = w;
    }
    for (var vector = lane / WORDS; vector < VECTORS; vector += 64u / WORDS) {
        vectors[word * (VECTORS / 4u) + vector / 4u][vector % 4u] = operand(i + vector, j + word);
    }
}
