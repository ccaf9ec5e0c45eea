use super::*;

const TEXT: &str = "\
# HELP height Height.
# TYPE height gauge
height 12
votes{kind=\"finalize\",by=\"us\"} 3
votes{kind=\"notarize\",by=\"us\"} 4
votes_more 100
took_bucket{le=\"0.1\"} 5
took_bucket{le=\"0.2\"} 9
took_bucket{le=\"+Inf\"} 10
not a sample at all
";

#[test]
fn samples_are_found_by_name() {
    let samples = Samples::parse(TEXT);
    assert_eq!((samples.get("height"), samples.get("heigh"), samples.get("depth")), (Some(12.0), None, None));
    assert_eq!((samples.sum("votes"), samples.sum("vote")), (Some(7.0), None));
}

#[test]
fn quantiles_lie_within_their_bucket() {
    let samples = Samples::parse(TEXT);
    let close =
        |found: Option<f64>, expected: f64| assert!((found.expect("a value") - expected).abs() < 1e-9, "{found:?}");
    close(samples.quantile("took", 0.5), 0.1);
    close(samples.quantile("took", 0.7), 0.15);
    // Above the last bound nothing is known but that.
    close(samples.quantile("took", 0.99), 0.2);
    assert_eq!(samples.quantile("took_by_nobody", 0.5), None);
    assert_eq!(Samples::parse("took_bucket{le=\"+Inf\"} 0\n").quantile("took", 0.5), None);
}
