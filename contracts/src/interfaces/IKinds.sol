// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

/// @title Kinds of jobs
/// @notice What a job can be: who checks it and how surely, what it is counted in, and within which limits. Votes add kinds, and close them
/// to new jobs; nothing changes a kind that is there, so that a job ends by the rules that it was posted under.
interface IKinds {
    /// @notice What it takes to believe an answer, the dearest trust last.
    enum Assurance {
        /// @dev The chain itself computes it.
        Executed,
        /// @dev The chain checks a proof of it.
        Proven,
        /// @dev It stands unless somebody shows that it is wrong.
        Disputable,
        /// @dev A committee that chance drew says so.
        Attested
    }

    error OnlyTimelock(address caller);
    error KindUnknown(uint16 kind);
    error KindClosed(uint16 kind);
    error MalformedKind();

    event KindAdded(uint16 indexed kind, string name, string unit, Kind rules);
    event KindClosedToJobs(uint16 indexed kind);

    /// @param verifier an `IVerifier`
    /// @param bondShare of the price, what a worker binds of its stake, basis points
    /// @param bondMin wei
    /// @param priceMin of a job, wei
    /// @param priceMax of a job, wei
    /// @param workSecondsMax how long a worker can have
    struct Kind {
        address verifier;
        Assurance assurance;
        bool open;
        uint32 bondShare;
        uint32 workSecondsMax;
        uint96 bondMin;
        uint96 priceMin;
        uint96 priceMax;
    }

    /// @notice Adds a kind, the bond of whose dearest job somebody can have at stake. Only the timelock.
    /// @param name shown to people
    /// @param unit what is paid for: inference, GiB, frame
    function add(Kind calldata rules, string calldata name, string calldata unit) external returns (uint16 kind);
    /// @notice No more jobs of this kind are posted. Only the timelock.
    function close(uint16 kind) external;

    /// @notice Kinds there are; their numbers are 1 to this.
    function count() external view returns (uint16);
    /// @notice Reverts with `KindUnknown`.
    function rulesOf(uint16 kind) external view returns (Kind memory);
    /// @notice Of a job of this kind and price, what its worker binds of its stake, wei.
    function bondFor(uint16 kind, uint256 price) external view returns (uint256);
}
