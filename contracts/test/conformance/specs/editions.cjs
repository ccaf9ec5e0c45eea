const { ethers } = require('hardhat');
const { behavesLikeERC1155 } = require('@animoca/ethereum-contracts/test/behaviors');
const { created, error, extended, royalties } = require('../genesis.cjs');

const STANDARDS = ['IERC165', 'IERC1155', 'IERC1155MetadataURI', 'IERC2981'];
const mint = (token, to, id, amount) => token.mint(to, id, amount, ethers.ZeroHash);

describe('Editions', () => {
  behavesLikeERC1155({
    deploy: async (creator) =>
      extended(await created('Editions', creator, STANDARDS), { ...royalties, MINTER_ROLE: async () => ethers.ZeroHash }),
    mint,
    methods: {
      'safeMint(address,uint256,uint256,bytes)': (token, to, id, amount, _, signer) =>
        mint(token.connect(signer), to, id, amount),
      'safeBatchMint(address,uint256[],uint256[],bytes)': (token, to, ids, amounts, _, signer) =>
        token.connect(signer).mintBatch(to, ids, amounts),
      'burnFrom(address,uint256,uint256)': (token, from, id, amount, signer) => token.connect(signer).burn(from, id, amount),
    },
    interfaces: { ERC1155: true, ERC1155MetadataURI: true, ERC2981: true },
    errors: {
      IncorrectRoyaltyPercentage: error('OnlyLess'),
      InconsistentArrayLengths: error('ArrayLengthsMismatch'),
      InsufficientBalance: error('InsufficientBalance'),
      MintToAddressZero: error('TransferToZeroAddress'),
      NonApproved: error('NotOwnerNorApproved'),
      NotContractOwner: error('Unauthorized'),
      NotMinter: error('Unauthorized'),
      SafeBatchTransferRejected: error('TransferToNonERC1155ReceiverImplementer'),
      SafeTransferRejected: error('TransferToNonERC1155ReceiverImplementer'),
      TransferToAddressZero: error('TransferToZeroAddress'),
    },
  });
});
