const { ethers } = require('hardhat');
const { behavesLikeERC721 } = require('@animoca/ethereum-contracts/test/behaviors');
const { created, error, extended, royalties } = require('../genesis.cjs');

const STANDARDS = ['IERC165', 'IERC721', 'IERC721Metadata', 'IERC2981'];
const mint = (token, to, id) => token.mint(to, id, ethers.ZeroHash);

const functions = {
  ...royalties,
  mint,
  MINTER_ROLE: async () => ethers.ZeroHash,
  // A token that was, and has no holder.
  wasBurnt: async (token, id) => {
    const exists = await token.ownerOf(id).then(
      () => true,
      () => false,
    );
    return !exists && (await token.heldSince(id)) !== 0n;
  },
};

describe('Collection', () => {
  behavesLikeERC721({
    name: 'Looms',
    symbol: 'LOOM',
    deploy: async (creator) => extended(await created('Collection', creator, STANDARDS), functions),
    mint,
    methods: {
      'mint(address,uint256)': (token, to, id, signer) => token.connect(signer).mint(to, id),
      'burnFrom(address,uint256)': (token, _, id, signer) => token.connect(signer).burn(id),
    },
    features: { ERC721MintableOnce: true },
    interfaces: { ERC721: true, ERC721Metadata: true, ERC2981: true },
    errors: {
      BalanceOfAddressZero: error('BalanceQueryForZeroAddress'),
      BurntToken: error('Burned'),
      ExistingToken: error('TokenAlreadyExists'),
      IncorrectRoyaltyPercentage: error('OnlyLess'),
      MintToAddressZero: error('TransferToZeroAddress'),
      NonApprovedForApproval: error('NotOwnerNorApproved'),
      NonApprovedForTransfer: error('NotOwnerNorApproved'),
      NonExistingToken: error('TokenDoesNotExist'),
      NonOwnedToken: error('TransferFromIncorrectOwner'),
      NotContractOwner: error('Unauthorized'),
      NotMinter: error('Unauthorized'),
      SafeTransferRejected: error('TransferToNonERC721ReceiverImplementer'),
      TransferToAddressZero: error('TransferToZeroAddress'),
    },
  });
});
