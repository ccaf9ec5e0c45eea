// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title What the reserve releases, for edge nodes: by work that somebody paid for, and by computing capacity that was shown
/// @notice An epoch's pot is what its checkpoints had the reserve release for edge nodes, and what its jobs' fees left beside what they
/// burned. From the second epoch after it on, once its openings are over, anybody settles it, until the 32nd after it is over; what nobody
/// earned goes back to the reserve. A node's sources and its operator share what it gets by `IStakeBook`.
///
/// Half of the pot is for work: each node gets its part of all burned fees that were reported in the epoch, and never more than its own deals burned.
/// Who posts jobs to himself burns what he earns.
///
/// The other half is for capacity. A node enrols in the epoch before, and stands for as much stake as it has, to the end of its last
/// answer. At the heights of `roundOf` a mix begins a round: from it the node makes a chain of products of matrices (W1 and W2 of the edge
/// proofs), each from the one before, and answers with their digest within 150 blocks. After the last round a mix draws two of all
/// products that the node answered with, and somebody shows them, by proofs that the chain checks (W3): else all its rounds count for
/// nothing. It gets of the half the part that its stake is of all that enrolled, times the part of the rounds that it answered.
/// @dev Formats, all numbers 32 bytes big-endian:
/// * C1 The chain of a node's answers in an epoch begins with 0; an answer makes it keccak256(chain ‖ round ‖ digest).
/// * C2 The seed of a round is `IBeacon.seedAt(height of the round, keccak256(node ‖ round ‖ chain))`, asked by this contract, with the
///   chain before the answer. It is the seed of the first product; that of each later one is keccak256(seed of the round ‖ root before).
/// * C3 A root is the BLAKE3 hash of a product, as in W2. The digest of a round is keccak256 of all its roots, first product first.
/// * C4 Draw i, of two, is keccak256(seed ‖ i), where the seed is `IBeacon.seedAt(height of the draw, keccak256(node ‖ chain))` with the
///   chain of all answers. Its remainder by how many rounds were answered is which of those, in their order; what its upper 128 bits
///   leave by the products of a round is which of these. The draw is the challenge of W3, of 8 samples.
///
/// What this shows, and what not: who makes a part p of the products is paid with probability p², so that whoever spreads over k nodes
/// what a machine can make for one gets of all k together a k-th of what that one would get; and stake is what counts, so that two nodes
/// get no more than one with the stake of both. That the machine is the node's own, nobody can tell. Whoever proposes the last k blocks before a draw
/// chooses among 2^k. Nobody is slashed: an opening is missed by whoever loses power, too, and costs what the epoch would have paid.
interface IEdgeRewards {
    error OnlyRewards(address caller);
    /// @notice The account runs no node with the least stake that work takes, or a node in jail.
    error NotBonded(address operator);
    error AlreadyEnrolled(uint32 epoch, uint32 node);
    error NotEnrolled(uint32 epoch, uint32 node);
    error RoundUnknown(uint256 round);
    /// @notice Round `round` is answered in the blocks from `from` to `until`.
    error NotAnswering(uint32 epoch, uint256 round, uint256 from, uint256 until);
    error AlreadyAnswered(uint32 epoch, uint32 node, uint256 round);
    error NothingAnswered(uint32 epoch, uint32 node);
    /// @notice Products of the epoch are shown in the blocks from `from` to `until`.
    error NotOpening(uint32 epoch, uint256 from, uint256 until);
    error AlreadyOpened(uint32 epoch, uint32 node);
    /// @notice These are not the digests that the node answered with, one for each round, first round first.
    error NotItsAnswers(uint32 epoch, uint32 node);
    error OpeningsMissing(uint256 expected, uint256 actual);
    /// @notice The roots that draw `draw` is among are not those of the digest, or not as many as a round has.
    error NotItsRoots(uint256 draw);
    /// @notice What was drawn is not the product that its seed asks for, or the proof is none.
    error NotComputed(uint256 draw);
    /// @notice The epoch cannot be settled yet, or was too long ago: that is from block `from` to epoch `until`.
    error NotSettling(uint32 epoch, uint256 from, uint256 until);
    /// @notice The pot can be given back from epoch `from` on, or was, or is empty.
    error NothingToSweep(uint32 epoch, uint256 from);

    event PotFilled(uint32 indexed epoch, uint256 amount);
    /// @param burned of the fees of the node's deals, since the last time
    event WorkRecorded(uint32 indexed epoch, uint32 indexed node, uint256 burned);
    event Enrolled(uint32 indexed epoch, uint32 indexed node, uint256 stake);
    /// @notice Of this epoch's rounds: `links` products of `size` rows each.
    event RulesTaken(uint32 indexed epoch, uint256 size, uint256 links);
    event RoundAnswered(uint32 indexed epoch, uint32 indexed node, uint256 round, bytes32 digest);
    event CapacityOpened(uint32 indexed epoch, uint32 indexed node);
    event NodePaid(uint32 indexed epoch, uint32 indexed node, uint256 work, uint256 capacity);
    event PotSwept(uint32 indexed epoch, uint256 amount);

    /// @param amount of the whole pot, wei
    /// @param burned of fees, as reported, wei
    /// @param paid of the pot so far, wei
    /// @param enrolled stake of all nodes that enrolled, wei
    /// @param size rows of a product; 0 before the first node enrols
    /// @param links products of a round
    struct Pot {
        uint128 amount;
        uint128 burned;
        uint128 paid;
        uint96 enrolled;
        uint16 size;
        uint16 links;
    }

    /// @param burned of the fees of the node's deals, as reported, wei
    /// @param stake that the node stands for: the least of what it had when it enrolled and when it answered, wei; 0 for not enrolled
    /// @param answered rounds: bit i is round i
    /// @param opened whether what was drawn was shown
    /// @param paid whether the node was settled
    /// @param chain of its answers
    struct Tally {
        uint96 burned;
        uint96 stake;
        uint8 answered;
        bool opened;
        bool paid;
        bytes32 chain;
    }

    /// @param round that it is of
    /// @param index of that round's digest among those that `open` takes
    /// @param link which product of the round
    /// @param challenge that W3 asks for entries by
    struct Draw {
        uint256 round;
        uint256 index;
        uint256 link;
        bytes32 challenge;
    }

    /// @param roots of all products of the round
    /// @param proof of the drawn one, as W3 has it
    struct Opening {
        bytes32[] roots;
        bytes proof;
    }

    /// @notice Adds the sent TFUEL to an epoch's pot. Only the contract of rewards.
    function fund(uint32 epoch) external payable;
    /// @notice Counts in the current epoch what markets burned of these workers' fees since that was last counted. Anybody may, as often as they
    /// like: a worker that is reported in each epoch in which it works is paid in each.
    function report(address[] calldata workers) external;
    /// @notice Adds the sent TFUEL to the current epoch's pot: what markets' fees left beside what they burned.
    function contribute() external payable;

    /// @notice Enrols the caller's node for the next epoch, with all of its stake.
    function enrol() external returns (uint32 epoch);
    /// @notice Answers a round for the caller's node.
    /// @param digest as C3 has it
    function answer(uint32 epoch, uint256 round, bytes32 digest) external;
    /// @notice Shows what was drawn of a node's answers. Anybody may, as often as it fails; the mixes of the draw and of the drawn rounds
    /// have to be recorded (`IBeacon.record`).
    /// @param digests of all rounds that the node answered, first round first
    /// @param openings of each draw
    function open(uint32 epoch, uint32 node, bytes32[] calldata digests, Opening[] calldata openings) external;

    /// @notice Pays nodes that were not paid.
    function settle(uint32 epoch, uint32[] calldata nodes) external;
    /// @notice Gives back to the reserve what nobody was paid.
    function sweep(uint32 epoch) external;

    function potOf(uint32 epoch) external view returns (Pot memory);
    function tallyOf(uint32 epoch, uint32 node) external view returns (Tally memory);
    /// @notice What markets burned of a worker's fees as of its last report, wei.
    function reported(address worker) external view returns (uint256);
    /// @notice What a node is paid if the epoch is settled with what is known now.
    function shareOf(uint32 epoch, uint32 node) external view returns (uint256 work, uint256 capacity);
    /// @notice The height whose mix begins a round, and the last at which it is answered.
    function roundOf(uint32 epoch, uint256 round) external view returns (uint256 height, uint256 until);
    /// @notice The height whose mix draws what is shown, and the last at which it is.
    function openingOf(uint32 epoch) external view returns (uint256 height, uint256 until);
    /// @notice As C2 has it, once the round's mix is there.
    function seedOf(uint32 epoch, uint32 node, uint256 round, bytes32 chain) external view returns (bytes32 seed);
    /// @notice As C4 has it, once the draw's mix is there.
    function drawsOf(uint32 epoch, uint32 node) external view returns (Draw[] memory draws);
}
