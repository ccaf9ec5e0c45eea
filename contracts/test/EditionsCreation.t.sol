// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {EditionsKind} from "./CreationKinds.sol";
import {CreationPolicies} from "./CreationPolicies.sol";
import {CreationTerms} from "./CreationTerms.sol";
import {CreationUris} from "./CreationUris.sol";
import {CreationVouchers} from "./CreationVouchers.sol";

contract EditionsPoliciesTest is CreationPolicies, EditionsKind {}

contract EditionsTermsTest is CreationTerms, EditionsKind {}

contract EditionsUrisTest is CreationUris, EditionsKind {}

contract EditionsVouchersTest is CreationVouchers, EditionsKind {}
