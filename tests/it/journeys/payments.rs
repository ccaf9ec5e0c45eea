//! The payment pool through the SDK, on a development chain with the real contracts and precompiles: vouchers signed off chain and paid
//! once, a payer that signs more than it has, and content paid for by its clients' receipts.

use super::audits::honest::{client, later};
use alloy::primitives::{Address, B256, U256, aliases::U40, aliases::U96, utils::parse_ether};
use edgeloom_bindings::{
    ICredits::ICreditsErrors,
    IDeliveries::{IDeliveriesErrors, Tariff},
    IPaymentPool::{IPaymentPoolErrors, Phase, Reason},
    addresses::DELIVERIES,
};
use edgeloom_bls::SecretKey;
use edgeloom_sdk::{Appraisal, Client, Deliveries, Doubt, Error, Keys, Pair, Payments, Served, SessionLimits, Voucher};
use edgeloom_tests::Dev;
use eyre::{Result, ensure};

const NOTICE: u32 = 3600;
const DAY: u64 = 86_400;

fn tfuel(tenths: u64) -> U256 {
    U256::from(tenths) * U256::from(10).pow(U256::from(17))
}

async fn expiry(client: &Client) -> Result<u32> {
    Ok(u32::try_from(client.head_time().await? + DAY)?)
}

/// What an account gained by an action of its own, its gas apart.
async fn gained(client: &Client, receipt: alloy::rpc::types::TransactionReceipt, before: U256) -> Result<U256> {
    let gas = U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price);
    Ok(client.balance(client.address()?).await? + gas - before)
}

#[tokio::test]
async fn vouchers_signed_off_chain_are_paid_once_in_a_batch() -> Result<()> {
    let dev = Dev::start().await?;
    let (payer, shop, agent, anybody) =
        (client(&dev, 0).await?, client(&dev, 1).await?, client(&dev, 2).await?, client(&dev, 3).await?);
    let (pays, sells) = (payer.payments(), shop.payments());
    let pool = pays.open(NOTICE, tfuel(20), tfuel(20)).await?;
    assert_eq!(pays.count().await?, pool);
    let own = Pair::of_payer(pool, shop.address()?);
    pays.earmark(own, tfuel(10), U256::ZERO).await?;
    assert_eq!(own.digest(payer.chain_id(), tfuel(9))?, pays.digest_of(own, tfuel(9)).await?, "as the contract hashes");

    // Each says what is owed in all so far: the last is enough.
    let vouchers = [1, 5, 9].map(|tenths| pays.sign(own, tfuel(tenths)));
    let vouchers = vouchers.into_iter().collect::<Result<Vec<_>, _>>()?;
    for voucher in &vouchers {
        let good = Appraisal::Covered { gain: voucher.total, until: None };
        assert_eq!(sells.appraise(voucher).await?, good);
    }
    let doubt = async |voucher: &Voucher| match sells.appraise(voucher).await? {
        Appraisal::Doubtful(doubt) => Ok(doubt),
        good => eyre::bail!("{good:?} of {voucher:?}"),
    };
    let beyond = pays.sign(own, tfuel(11))?;
    assert_eq!(doubt(&beyond).await?, Doubt::NotCovered { covered: tfuel(10) });
    assert_eq!(doubt(&sells.sign(own, tfuel(10))?).await?, Doubt::WrongSignature);
    let nowhere = Pair::of_payer(pool + U256::from(1), shop.address()?);
    assert_eq!(doubt(&pays.sign(nowhere, tfuel(1))?).await?, Doubt::NoPool);

    // A key that owes in the payer's name, up to a cap and for a day.
    let (session, until) = (agent.address()?, expiry(&payer).await?);
    let by_agent = Pair { session, ..own };
    assert_eq!(doubt(&agent.payments().sign(by_agent, tfuel(1))?).await?, Doubt::SessionOver { expiry: 0 });
    pays.authorize(pool, session, SessionLimits { payee: None, cap: tfuel(4), expiry: until }).await?;
    let over = pays.earmark(by_agent, tfuel(5), U256::ZERO).await;
    ensure!(matches!(over, Err(Error::Payments(IPaymentPoolErrors::SessionRefused(_)))), "{over:?}");
    pays.earmark(by_agent, tfuel(3), U256::ZERO).await?;
    assert_eq!(pays.committed_by(pool, session).await?, tfuel(3));
    let agents = agent.payments().sign(by_agent, tfuel(3))?;
    assert_eq!(sells.appraise(&agents).await?, Appraisal::Covered { gain: tfuel(3), until: Some(until.into()) });
    let scoped = Pair { session: anybody.address()?, ..own };
    let limits = SessionLimits { payee: Some(payer.address()?), cap: tfuel(1), expiry: until };
    pays.authorize(pool, scoped.session, limits).await?;
    let other = anybody.payments().sign(scoped, tfuel(1))?;
    assert_eq!(doubt(&other).await?, Doubt::OutOfScope { payee: payer.address()? });

    // Anybody brings them; those that are not good are passed over.
    let mut batch = vouchers.clone();
    batch.extend([agents, other]);
    let receipt = anybody.payments().redeem_batch(&batch).await?;
    println!("redeem_batch of three pairs, two of them paid: {} gas", receipt.gas_used);
    let mut done: Vec<_> =
        Payments::redemptions(&receipt).into_iter().map(|one| (one.pair, one.total, one.reason)).collect();
    let mut expected =
        vec![(own, tfuel(9), Reason::None), (by_agent, tfuel(3), Reason::None), (scoped, tfuel(1), Reason::OutOfScope)];
    done.sort_by_key(|(pair, ..)| *pair);
    expected.sort_by_key(|(pair, ..)| *pair);
    assert_eq!(done, expected);
    assert_eq!(doubt(&vouchers[2]).await?, Doubt::NothingOwed { redeemed: tfuel(9) });
    let again = anybody.payments().redeem_batch(&batch).await?;
    ensure!(Payments::redemptions(&again).iter().all(|one| one.reason != Reason::None), "paid twice");
    let again = sells.redeem(&vouchers[2]).await;
    ensure!(matches!(again, Err(Error::Payments(IPaymentPoolErrors::VoucherRefused(_)))), "{again:?}");

    // What was redeemed is collected once, and paid once.
    sells.collect(&[own, by_agent]).await?;
    sells.collect(&[own, by_agent]).await?;
    assert_eq!(sells.credit_of(shop.address()?).await?, tfuel(12));
    let before = shop.balance(shop.address()?).await?;
    let paid = sells.withdraw().await?;
    assert_eq!(gained(&shop, paid, before).await?, tfuel(12));
    let nothing = sells.withdraw().await;
    ensure!(matches!(nothing, Err(Error::Credits(ICreditsErrors::NothingToWithdraw(_)))), "{nothing:?}");

    // The rest goes back to the payer, after its notice.
    pays.announce_close(pool).await?;
    let early = pays.close(pool).await;
    ensure!(matches!(early, Err(Error::Payments(IPaymentPoolErrors::TooEarly(_)))), "{early:?}");
    later(&payer, u64::from(NOTICE) + 1).await?;
    let before = payer.balance(payer.address()?).await?;
    let closed = pays.close(pool).await?;
    assert_eq!(gained(&payer, closed, before).await?, tfuel(40 - 12));
    assert_eq!(pays.pool(pool).await?.phase, Phase::Closed);
    Ok(())
}

#[tokio::test]
async fn who_signs_more_than_it_has_forfeits_its_collateral_to_whom_it_owes() -> Result<()> {
    let dev = Dev::start().await?;
    let payer = client(&dev, 0).await?;
    let shops = [client(&dev, 1).await?, client(&dev, 2).await?];
    let pays = payer.payments();
    let pool = pays.open(NOTICE, tfuel(10), tfuel(10)).await?;
    let mut vouchers = Vec::new();
    for shop in &shops {
        vouchers.push(pays.sign(Pair::of_payer(pool, shop.address()?), tfuel(8))?);
    }
    let prover = shops[1].payments();
    let one = prover.prove_overspend(pool, &vouchers[..1]).await;
    ensure!(matches!(one, Err(Error::Payments(IPaymentPoolErrors::NotOverspent(_)))), "{one:?}");
    // In whatever order: the contract wants them in one.
    vouchers.reverse();
    let proved = prover.prove_overspend(pool, &vouchers).await?;
    println!("proveOverspend of two vouchers: {} gas", proved.gas_used);
    assert_eq!(pays.pool(pool).await?.phase, Phase::Forfeited);
    let back = pays.announce_close(pool).await;
    ensure!(matches!(back, Err(Error::Payments(IPaymentPoolErrors::WrongPhase(_)))), "{back:?}");
    for voucher in &vouchers {
        prover.claim(voucher).await?;
        assert_eq!(pays.claim_of(voucher.pair).await?, tfuel(8));
    }
    let early = prover.settle(pool).await;
    ensure!(matches!(early, Err(Error::Payments(IPaymentPoolErrors::TooEarly(_)))), "{early:?}");
    later(&payer, u64::from(NOTICE) + 1).await?;
    // The reserve and half of the collateral, 15, for claims of 16; the other half is burned.
    prover.settle(pool).await?;
    let share = tfuel(15) / U256::from(2);
    for (shop, voucher) in [&shops[1], &shops[0]].into_iter().zip(&vouchers) {
        prover.award(voucher.pair).await?;
        let again = prover.award(voucher.pair).await;
        ensure!(matches!(again, Err(Error::Payments(IPaymentPoolErrors::NothingClaimed(_)))), "{again:?}");
        shop.payments().collect(&[voucher.pair]).await?;
        let before = shop.balance(shop.address()?).await?;
        let paid = shop.payments().withdraw().await?;
        assert_eq!(gained(shop, paid, before).await?, share);
    }
    assert_eq!(pays.credit_of(payer.address()?).await?, U256::ZERO);
    Ok(())
}

/// A publisher names its clients; they sign what a server brought them; it is paid for each once.
#[tokio::test]
async fn content_is_paid_for_by_its_clients_receipts() -> Result<()> {
    const ROLE: u8 = 5;
    let dev = Dev::start().await?;
    let (publisher, server) = (client(&dev, 0).await?, client(&dev, 1).await?);
    let keys = [3, 4].map(|seed| SecretKey::from_seed(&[seed; 32]));
    let keys = keys.into_iter().collect::<Result<Vec<_>, _>>()?;
    for key in &keys {
        let id = publisher.keys().register(key).await?;
        publisher.keys().set_stake(ROLE, id, 1).await?;
    }
    let clients = Keys::set_of(publisher.address()?, ROLE);
    publisher.keys().write(clients).await?;
    let epoch = publisher.keys().seal(ROLE).await?.epoch;
    let members = publisher.keys().members(clients, epoch).await?;

    let (price, until) = (tfuel(1), expiry(&publisher).await?);
    let pool = publisher.payments().open(NOTICE, tfuel(40), tfuel(40)).await?;
    publisher
        .payments()
        .authorize(pool, DELIVERIES, SessionLimits { payee: None, cap: tfuel(40), expiry: until })
        .await?;
    let tariff = Tariff {
        pool,
        contentRoot: B256::repeat_byte(8),
        clients,
        unitBytes: 1 << 20,
        unitPrice: U96::try_from(u128::try_from(price)?)?,
        until: U40::from(until),
    };
    let number = publisher.deliveries().set_tariff(tariff.clone()).await?;
    assert_eq!(server.deliveries().tariff(number).await?, tariff);
    let stolen = server.deliveries().set_tariff(tariff.clone()).await;
    ensure!(matches!(stolen, Err(Error::Deliveries(IDeliveriesErrors::NotPayer(_)))), "{stolen:?}");

    let served = Served { epoch, server: server.address()?, serial: 1 };
    let deliveries: Deliveries = server.deliveries();
    let mut receipts = Vec::new();
    for (key, units) in keys.iter().zip([3, 31]) {
        let place = members.place_of(&key.public_key()).expect("it was sealed");
        receipts.push(deliveries.sign(&tariff, served, (key, place), units)?);
    }
    // More than was signed.
    let mut more = receipts.clone();
    more[0].units += 1;
    let lie = deliveries.settle(number, served, (members.places, &more)).await;
    ensure!(matches!(lie, Err(Error::Deliveries(IDeliveriesErrors::ReceiptsInvalid(_)))), "{lie:?}");
    let paid = deliveries.settle(number, served, (members.places, &receipts)).await?;
    assert_eq!((paid.units, paid.clients, paid.amount), (U256::from(34), U256::from(2), price * U256::from(34)));
    let terms = deliveries.terms_of(number, served).await?;
    assert_eq!(paid.terms, terms);
    for receipt in &receipts {
        ensure!(deliveries.is_paid(terms, receipt.place).await?);
    }
    let again = deliveries.settle(number, served, (members.places, &receipts[..1])).await;
    ensure!(matches!(again, Err(Error::Deliveries(IDeliveriesErrors::AlreadyPaid(_)))), "{again:?}");
    // The pool's cap holds: 34 of 40 are used.
    let next = Served { serial: 2, ..served };
    let place = receipts[1].place;
    let receipt = deliveries.sign(&tariff, next, (&keys[1], place), 7)?;
    let capped = deliveries.settle(number, next, (members.places, &[receipt])).await;
    ensure!(matches!(capped, Err(Error::Payments(IPaymentPoolErrors::VoucherRefused(_)))), "{capped:?}");

    let pair = Pair { pool, session: DELIVERIES, payee: server.address()? };
    server.payments().collect(&[pair]).await?;
    let before = server.balance(server.address()?).await?;
    let withdrawn = server.payments().withdraw().await?;
    assert_eq!(gained(&server, withdrawn, before).await?, paid.amount);
    Ok(())
}

/// A rule divides what is paid to it.
#[tokio::test]
async fn a_rule_divides_what_its_account_is_paid() -> Result<()> {
    let dev = Dev::start().await?;
    let (payer, one, other) = (client(&dev, 0).await?, Address::repeat_byte(0x51), Address::repeat_byte(0x52));
    let payments = payer.payments();
    let (recipients, shares) = ([one, other], [2_500, 7_500]);
    let wrong = payments.split_of(&recipients, &[2_500, 7_000]).await;
    ensure!(matches!(wrong, Err(Error::Splits(_))), "{wrong:?}");
    let split = payments.split_of(&recipients, &shares).await?;
    let pool = payments.open(NOTICE, parse_ether("1")?, parse_ether("1")?).await?;
    let pair = Pair::of_payer(pool, split);
    payments.redeem(&payments.sign(pair, parse_ether("1")?)?).await?;
    payments.collect(&[pair]).await?;
    payments.distribute(&recipients, &shares).await?;
    assert_eq!(payments.credit_of(one).await?, parse_ether("0.25")?);
    assert_eq!(payments.credit_of(other).await?, parse_ether("0.75")?);
    Ok(())
}
