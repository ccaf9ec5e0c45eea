// Tests of the suite that are skipped, by their full titles, and why: what they ask is the suite's own choice and in no standard.
module.exports = [
  {
    tests: /(approve\(address,address\)|setApprovalForAll\(address,bool\)) reverts in case of self-approval$/,
    why: 'no standard forbids to approve oneself',
  },
  {
    tests: /ERC1155 balanceOf(Batch)?\(.*\) reverts when queried about the zero address$/,
    why: 'ERC-721 has that rule, ERC-1155 has not',
  },
  {
    tests: /(reverts in case of balance overflow|reverts if a token has an overflowing balance)$/,
    why: 'at most 2^128 - 1 of an edition can be minted, so that no balance overflows',
  },
  {
    tests: /setRoyaltyReceiver\(address\) reverts when trying to set the zero address$/,
    why: 'ERC-2981 has no setters; of ours zero stands for the creator',
  },
  {
    tests: /royaltyInfo\(uint256,uint256\) returns 0 before setting info$/,
    why: 'ERC-2981 has no setters; royalties are named when a creation is made',
  },
  {
    tests: /(sets the royalty percentage to the new value|royaltyInfo\(uint256,uint256\) returns a correct small value)$/,
    why: 'ERC-2981 has no setters; they ask for half of the price, ours take a tenth at most',
  },
  {
    tests: /burnFrom\(address,uint256\) Pre-condition reverts if `from` is not the token owner$/,
    why: 'ERC-721 has no burning; ours names no holder',
  },
  {
    tests: /ERC1155 Mintable .* should call onERC1155(Batch)?Received$/,
    why: 'ERC-1155 has no minting; ours has no data for the receiver, which is called all the same: those that refuse are tested',
  },
  {
    tests: /ERC1155 Mintable safeBatchMint\(.*\) reverts with inconsistent arrays$/,
    why: 'ERC-1155 has no minting; our error is `LengthMismatch`, and that of transfers another',
  },
];
