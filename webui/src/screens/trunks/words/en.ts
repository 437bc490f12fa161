export default { title: "trunks" };
