use edgeloom_edge_proof::{Element, GraphBuilder};

use super::*;

fn image(inputs: usize) -> Vec<u8> {
    let mut graph = GraphBuilder::new(inputs);
    let input = graph.input();
    graph.argmax(input, Element::I8);
    graph.finish().expect("a graph")
}

#[test]
fn a_kept_model_is_used_only_if_it_is_that_model() {
    let dir = tempfile::tempdir().expect("directory");
    let shelf = Shelf::open(dir.path().join("models")).expect("opens");
    let model = LocalModel::from_image(image(5)).expect("a model");
    let path = shelf.path(model.id());
    assert!(from_disk(&path, model.id()).is_none());

    to_disk(&path, model.image()).expect("kept");
    let kept = from_disk(&path, model.id()).expect("there");
    assert_eq!(kept.infer(&[1, 9, 3, 9, 0]).expect("runs"), [1]);

    to_disk(&path, &image(6)).expect("kept");
    assert!(from_disk(&path, model.id()).is_none(), "another model under this name");
    fs::write(&path, &model.image()[..100]).expect("cut");
    assert!(from_disk(&path, model.id()).is_none());
}

#[test]
fn jobs_that_keep_the_same_model_at_once_do_not_disturb_each_other() {
    let dir = tempfile::tempdir().expect("directory");
    let (path, image) = (dir.path().join("model.eig"), image(5));
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| to_disk(&path, &image).expect("kept")));
        }
    });
    assert_eq!(fs::read(&path).expect("there"), image);
    assert_eq!(fs::read_dir(dir.path()).expect("a folder").count(), 1, "nothing is left beside it");
}

#[test]
fn memory_is_bounded() {
    let mut map = HashMap::new();
    for i in 0..3 * IN_MEMORY as u64 {
        keep(&mut map, B256::from(alloy::primitives::U256::from(i)), i);
        assert!(map.len() <= IN_MEMORY && map.contains_key(&B256::from(alloy::primitives::U256::from(i))));
    }
}
