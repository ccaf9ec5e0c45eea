use super::*;
use crate::filter::{jobs_by, transfers_by, workers_by};
use edgeloom_index_api::{JobOrder, TransferOrder, WorkerOrder};
use proptest::prelude::*;

fn request(ordering: Ordering, after: Option<String>) -> Result<PageRequest, PageError> {
    PageRequest::parse(ordering, &PageArguments { after, ..PageArguments::default() })
}

#[test]
fn limits_are_bounded() {
    let limit = |limit| {
        let arguments = PageArguments { limit: Some(limit), ..PageArguments::default() };
        PageRequest::parse(jobs_by(JobOrder::Id), &arguments).map(|page| page.limit)
    };
    assert_eq!(limit(0), Err(PageError::Limit(0)));
    assert_eq!(limit(1), Ok(1));
    assert_eq!(limit(1000), Ok(1000));
    assert_eq!(limit(1001), Err(PageError::Limit(1001)));
    assert_eq!(request(jobs_by(JobOrder::Id), None).unwrap().limit, 100);
}

#[test]
fn a_cursor_belongs_to_its_list_order_and_direction() {
    let ordering = jobs_by(JobOrder::PriceWei);
    let (value, key) = (Value::Bytes(vec![9; 32]), Value::Number(-7));
    let cursor = request(ordering, None).unwrap().cursor(&value, &key);
    assert_eq!(request(ordering, Some(cursor.clone())).unwrap().after, Some((value, key)));
    for other in [jobs_by(JobOrder::Id), jobs_by(JobOrder::ClosedMs), transfers_by(TransferOrder::AmountWei)] {
        assert_eq!(request(other, Some(cursor.clone())), Err(PageError::Cursor));
    }
    let descending = PageArguments { direction: OrderDirection::Desc, limit: None, after: Some(cursor) };
    assert_eq!(PageRequest::parse(ordering, &descending), Err(PageError::Cursor));
}

proptest! {
    #[test]
    fn any_text_is_a_cursor_or_an_error(text in ".{0,200}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let ordering = workers_by(WorkerOrder::EarnedWei);
        for after in [text, URL_SAFE_NO_PAD.encode(bytes)] {
            if let Ok(page) = request(ordering, Some(after.clone())) {
                let (value, key) = page.after.clone().unwrap();
                prop_assert_eq!(page.cursor(&value, &key), after);
            }
        }
    }
}
