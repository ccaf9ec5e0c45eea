// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.30;

import {CollectionKind} from "./CreationKinds.sol";
import {CreationPolicies} from "./CreationPolicies.sol";
import {CreationTerms} from "./CreationTerms.sol";
import {CreationUris} from "./CreationUris.sol";
import {CreationVouchers} from "./CreationVouchers.sol";

contract CollectionPoliciesTest is CreationPolicies, CollectionKind {}

contract CollectionTermsTest is CreationTerms, CollectionKind {}

contract CollectionUrisTest is CreationUris, CollectionKind {}

contract CollectionVouchersTest is CreationVouchers, CollectionKind {}
